<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>All of this as text, for a report of a fault.</source>
        <translation>All das als Text, für einen Fehlerbericht.</translation>
    </message>
    <message>
        <source>Computes on</source>
        <translation>Rechnet auf</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Mattes by mask propagation.</source>
        <translation>Mattes durch Propagieren von Masken.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Python</source>
        <translation>Python</translation>
    </message>
    <message>
        <source>Qt</source>
        <translation>Qt</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>roto</source>
        <translation>roto</translation>
    </message>
    <message>
        <source>torch</source>
        <translation>torch</translation>
    </message>
    <message>
        <source>{device}: {name}, {n} threads</source>
        <translation>{device}: {name}, {n} Threads</translation>
    </message>
    <message>
        <source>{name}, from {path}</source>
        <translation>{name}, aus {path}</translation>
    </message>
    <message>
        <source>{name}, licence of the weights {licence}</source>
        <translation>{name}, Lizenz der Gewichte {licence}</translation>
    </message>
    <message>
        <source>{version}, licence {licence}</source>
        <translation>{version}, Lizenz {licence}</translation>
    </message>
    <message>
        <source>… is being looked up</source>
        <translation>… wird ermittelt</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About roto</source>
        <translation>Über roto</translation>
    </message>
</context>
<context>
    <name>ActionSet</name>
    <message>
        <source>Select</source>
        <translation>Wählen</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>A colour of the preferences.</source>
        <translation>Eine Farbe aus den Einstellungen.</translation>
    </message>
    <message>
        <source>A copy of the project under another name.</source>
        <translation>Eine Kopie des Projekts unter anderem Namen.</translation>
    </message>
    <message>
        <source>A movie, an image sequence or a .roto project.</source>
        <translation>Ein Film, eine Bildsequenz oder ein .roto-Projekt.</translation>
    </message>
    <message>
        <source>A new object with a colour of its own.</source>
        <translation>Ein neues Objekt mit eigener Farbe.</translation>
    </message>
    <message>
        <source>A page per task.</source>
        <translation>Eine Seite je Aufgabe.</translation>
    </message>
    <message>
        <source>A sharper edge.</source>
        <translation>Eine schärfere Kante.</translation>
    </message>
    <message>
        <source>A short clip to try things on.</source>
        <translation>Ein kurzer Clip zum Ausprobieren.</translation>
    </message>
    <message>
        <source>A softer edge.</source>
        <translation>Eine weichere Kante.</translation>
    </message>
    <message>
        <source>About roto</source>
        <translation>Über roto</translation>
    </message>
    <message>
        <source>Accept the change</source>
        <translation>Änderung annehmen</translation>
    </message>
    <message>
        <source>Add object</source>
        <translation>Objekt hinzufügen</translation>
    </message>
    <message>
        <source>All channels</source>
        <translation>Alle Kanäle</translation>
    </message>
    <message>
        <source>All frames are as before the propagation.</source>
        <translation>Alle Frames sind wie vor dem Propagieren.</translation>
    </message>
    <message>
        <source>All keys at a glance.</source>
        <translation>Alle Tasten auf einen Blick.</translation>
    </message>
    <message>
        <source>All other pieces go.</source>
        <translation>Alle anderen Teile fallen weg.</translation>
    </message>
    <message>
        <source>All panels where they were at first.</source>
        <translation>Alle Paletten, wo sie anfangs waren.</translation>
    </message>
    <message>
        <source>All that is missing or open, in the range.</source>
        <translation>Alles, was fehlt oder offen ist, im Bereich.</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>And go there.</source>
        <translation>Und dorthin gehen.</translation>
    </message>
    <message>
        <source>As a keyframe in this frame.</source>
        <translation>Als Keyframe in diesem Frame.</translation>
    </message>
    <message>
        <source>As a keyframe of the active object, in this frame.</source>
        <translation>Als Keyframe des aktiven Objekts, in diesem Frame.</translation>
    </message>
    <message>
        <source>As before, from in to out.</source>
        <translation>Wie vorher, von In bis Out.</translation>
    </message>
    <message>
        <source>Back from this frame, or in the range.</source>
        <translation>Von diesem Frame zurück, oder im Bereich.</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>Rückwärts</translation>
    </message>
    <message>
        <source>Between the overlay and the plate.</source>
        <translation>Zwischen Overlay und Plate.</translation>
    </message>
    <message>
        <source>Blue channel</source>
        <translation>Blaukanal</translation>
    </message>
    <message>
        <source>Both ways</source>
        <translation>In beide Richtungen</translation>
    </message>
    <message>
        <source>Brings back what was undone.</source>
        <translation>Holt zurück, was rückgängig gemacht wurde.</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>By its number, as on disk.</source>
        <translation>Nach seiner Nummer, wie auf der Platte.</translation>
    </message>
    <message>
        <source>Change colour…</source>
        <translation>Farbe ändern…</translation>
    </message>
    <message>
        <source>Change keys, or take those of another application.</source>
        <translation>Tasten ändern oder die eines anderen Programms nehmen.</translation>
    </message>
    <message>
        <source>Clear in and out points</source>
        <translation>In- und Out-Punkt löschen</translation>
    </message>
    <message>
        <source>Clear lifetime</source>
        <translation>Lebensdauer aufheben</translation>
    </message>
    <message>
        <source>Clear mask</source>
        <translation>Maske leeren</translation>
    </message>
    <message>
        <source>Click the corners; Enter closes it.</source>
        <translation>Die Ecken anklicken; Enter schließt es.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Command palette…</source>
        <translation>Befehlspalette…</translation>
    </message>
    <message>
        <source>Copy from next frame</source>
        <translation>Vom nächsten Frame kopieren</translation>
    </message>
    <message>
        <source>Copy from previous frame</source>
        <translation>Vom vorigen Frame kopieren</translation>
    </message>
    <message>
        <source>Deepens the shadows.</source>
        <translation>Vertieft die Schatten.</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>Drag from corner to corner.</source>
        <translation>Von Ecke zu Ecke ziehen.</translation>
    </message>
    <message>
        <source>Draw around the object.</source>
        <translation>Um das Objekt herum zeichnen.</translation>
    </message>
    <message>
        <source>Draw around what is to stay; Alt unlocks.</source>
        <translation>Umfahren, was bleiben soll; Alt entsperrt.</translation>
    </message>
    <message>
        <source>Each keyframe is predicted from the others.</source>
        <translation>Jeder Keyframe wird aus den anderen vorhergesagt.</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Every edit is on disk already; this says where.</source>
        <translation>Jeder Schritt ist schon gespeichert; hier steht, wo.</translation>
    </message>
    <message>
        <source>Everything enclosed becomes the object.</source>
        <translation>Alles Umschlossene wird zum Objekt.</translation>
    </message>
    <message>
        <source>Export mattes…</source>
        <translation>Mattes exportieren…</translation>
    </message>
    <message>
        <source>Exposure down</source>
        <translation>Belichtung verringern</translation>
    </message>
    <message>
        <source>Exposure up</source>
        <translation>Belichtung erhöhen</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>Weiche Kante</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Files for compositing: format, names, range.</source>
        <translation>Dateien fürs Compositing: Format, Namen, Bereich.</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>Fills the area under the pointer.</source>
        <translation>Füllt die Fläche unter dem Zeiger.</translation>
    </message>
    <message>
        <source>Find any command by a few letters.</source>
        <translation>Jeden Befehl an ein paar Buchstaben finden.</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>Erster Frame</translation>
    </message>
    <message>
        <source>Fit to the window</source>
        <translation>Ins Fenster einpassen</translation>
    </message>
    <message>
        <source>For bright plates.</source>
        <translation>Für helle Plates.</translation>
    </message>
    <message>
        <source>For dark plates.</source>
        <translation>Für dunkle Plates.</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
    <message>
        <source>From the in to the out point.</source>
        <translation>Vom In- bis zum Out-Punkt.</translation>
    </message>
    <message>
        <source>From this frame on, or in the range.</source>
        <translation>Ab diesem Frame, oder im Bereich.</translation>
    </message>
    <message>
        <source>From this frame to the in point.</source>
        <translation>Von diesem Frame bis zum In-Punkt.</translation>
    </message>
    <message>
        <source>From this frame to the out point.</source>
        <translation>Von diesem Frame bis zum Out-Punkt.</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Gamma down</source>
        <translation>Gamma verringern</translation>
    </message>
    <message>
        <source>Gamma up</source>
        <translation>Gamma erhöhen</translation>
    </message>
    <message>
        <source>Go to frame…</source>
        <translation>Gehe zu Frame…</translation>
    </message>
    <message>
        <source>Green channel</source>
        <translation>Grünkanal</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>Wachsen</translation>
    </message>
    <message>
        <source>Harder brush</source>
        <translation>Härterer Pinsel</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Here, or in the range; the rest of longer locks stays.</source>
        <translation>Hier oder im Bereich; der Rest längerer Sperren bleibt.</translation>
    </message>
    <message>
        <source>Import mask…</source>
        <translation>Maske importieren…</translation>
    </message>
    <message>
        <source>In point here</source>
        <translation>In-Punkt hier</translation>
    </message>
    <message>
        <source>In real time where the machine can.</source>
        <translation>In Echtzeit, wo der Rechner es schafft.</translation>
    </message>
    <message>
        <source>In the overlay and the timeline.</source>
        <translation>Im Overlay und in der Timeline.</translation>
    </message>
    <message>
        <source>In the viewer only; its mattes stay.</source>
        <translation>Nur im Viewer; seine Mattes bleiben.</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>Umkehren</translation>
    </message>
    <message>
        <source>Its mattes stay, whatever is propagated.</source>
        <translation>Seine Mattes bleiben, was auch propagiert wird.</translation>
    </message>
    <message>
        <source>Keep largest piece</source>
        <translation>Nur das größte Teil</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>Letzter Frame</translation>
    </message>
    <message>
        <source>Lets the machine rest; nothing is lost.</source>
        <translation>Lässt den Rechner ruhen; nichts geht verloren.</translation>
    </message>
    <message>
        <source>Lifetime ends here</source>
        <translation>Lebensdauer endet hier</translation>
    </message>
    <message>
        <source>Lifetime starts here</source>
        <translation>Lebensdauer beginnt hier</translation>
    </message>
    <message>
        <source>Lifts the shadows.</source>
        <translation>Hebt die Schatten.</translation>
    </message>
    <message>
        <source>Lock region</source>
        <translation>Region sperren</translation>
    </message>
    <message>
        <source>Lock the range</source>
        <translation>Bereich sperren</translation>
    </message>
    <message>
        <source>Lock this frame</source>
        <translation>Diesen Frame sperren</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Make keyframe of the result</source>
        <translation>Ergebnis zum Keyframe machen</translation>
    </message>
    <message>
        <source>Makes it the active one, which tools and keys work on.</source>
        <translation>Macht es zum aktiven, auf das Werkzeuge und Tasten wirken.</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>Matte</translation>
    </message>
    <message>
        <source>Matte overlay on or off</source>
        <translation>Matte-Overlay an oder aus</translation>
    </message>
    <message>
        <source>Memory, model, brush, colours.</source>
        <translation>Speicher, Modell, Pinsel, Farben.</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>Nächster Frame</translation>
    </message>
    <message>
        <source>Next frame to check</source>
        <translation>Nächster zu prüfender Frame</translation>
    </message>
    <message>
        <source>Next keyframe</source>
        <translation>Nächster Keyframe</translation>
    </message>
    <message>
        <source>Not in this frame</source>
        <translation>Nicht in diesem Frame</translation>
    </message>
    <message>
        <source>Nothing is lost: the project is on disk.</source>
        <translation>Nichts geht verloren: Das Projekt ist gespeichert.</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Object and background change places.</source>
        <translation>Objekt und Hintergrund tauschen die Plätze.</translation>
    </message>
    <message>
        <source>Of the active object.</source>
        <translation>Des aktiven Objekts.</translation>
    </message>
    <message>
        <source>Of the clip, or the in point.</source>
        <translation>Des Clips, oder der In-Punkt.</translation>
    </message>
    <message>
        <source>Of the clip, or the out point.</source>
        <translation>Des Clips, oder der Out-Punkt.</translation>
    </message>
    <message>
        <source>Once more for all channels.</source>
        <translation>Noch einmal für alle Kanäle.</translation>
    </message>
    <message>
        <source>Once more for the window.</source>
        <translation>Noch einmal für das Fenster.</translation>
    </message>
    <message>
        <source>One frame back.</source>
        <translation>Einen Frame zurück.</translation>
    </message>
    <message>
        <source>One frame backward</source>
        <translation>Einen Frame rückwärts</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Einen Frame vorwärts</translation>
    </message>
    <message>
        <source>One frame on.</source>
        <translation>Einen Frame weiter.</translation>
    </message>
    <message>
        <source>One pixel inwards.</source>
        <translation>Ein Pixel nach innen.</translation>
    </message>
    <message>
        <source>One pixel of the plate is one of the screen.</source>
        <translation>Ein Pixel der Plate ist eines des Bildschirms.</translation>
    </message>
    <message>
        <source>One pixel outwards.</source>
        <translation>Ein Pixel nach außen.</translation>
    </message>
    <message>
        <source>Onion skin</source>
        <translation>Onion Skin</translation>
    </message>
    <message>
        <source>Open clip or project…</source>
        <translation>Clip oder Projekt öffnen…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>Or drag to the left with Shift held.</source>
        <translation>Oder bei gedrückter Umschalttaste nach links ziehen.</translation>
    </message>
    <message>
        <source>Or drag to the right with Shift held.</source>
        <translation>Oder bei gedrückter Umschalttaste nach rechts ziehen.</translation>
    </message>
    <message>
        <source>Or the wheel, at the pointer.</source>
        <translation>Oder das Mausrad, am Zeiger.</translation>
    </message>
    <message>
        <source>Or to the first.</source>
        <translation>Oder zum ersten.</translation>
    </message>
    <message>
        <source>Or to the last.</source>
        <translation>Oder zum letzten.</translation>
    </message>
    <message>
        <source>Out point here</source>
        <translation>Out-Punkt hier</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>Outlines of the neighbouring frames.</source>
        <translation>Umrisse der Nachbarframes.</translation>
    </message>
    <message>
        <source>Over a checkerboard</source>
        <translation>Über Schachbrett</translation>
    </message>
    <message>
        <source>Over a colour</source>
        <translation>Über einer Farbe</translation>
    </message>
    <message>
        <source>Over black</source>
        <translation>Über Schwarz</translation>
    </message>
    <message>
        <source>Over grey</source>
        <translation>Über Grau</translation>
    </message>
    <message>
        <source>Over white</source>
        <translation>Über Weiß</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>Overlay</translation>
    </message>
    <message>
        <source>Paint the object; right button or Alt takes away.</source>
        <translation>Das Objekt malen; rechte Taste oder Alt nimmt weg.</translation>
    </message>
    <message>
        <source>Paint what is not the object.</source>
        <translation>Malen, was nicht das Objekt ist.</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Bedienfelder</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>Anhalten oder weiter</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Plate</translation>
    </message>
    <message>
        <source>Play backward</source>
        <translation>Rückwärts abspielen</translation>
    </message>
    <message>
        <source>Play forward</source>
        <translation>Vorwärts abspielen</translation>
    </message>
    <message>
        <source>Play or stop</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>Wiedergabe</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>Voriger Frame</translation>
    </message>
    <message>
        <source>Previous frame to check</source>
        <translation>Voriger zu prüfender Frame</translation>
    </message>
    <message>
        <source>Previous keyframe</source>
        <translation>Voriger Keyframe</translation>
    </message>
    <message>
        <source>Propagate</source>
        <translation>Propagieren</translation>
    </message>
    <message>
        <source>Puts the receipt away.</source>
        <translation>Räumt den Änderungsstreifen weg.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rechteck</translation>
    </message>
    <message>
        <source>Red channel</source>
        <translation>Rotkanal</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Refresh stale frames</source>
        <translation>Veraltete Frames erneuern</translation>
    </message>
    <message>
        <source>Remove keyframe</source>
        <translation>Keyframe entfernen</translation>
    </message>
    <message>
        <source>Remove object</source>
        <translation>Objekt entfernen</translation>
    </message>
    <message>
        <source>Remove specks</source>
        <translation>Flecken entfernen</translation>
    </message>
    <message>
        <source>Rename object…</source>
        <translation>Objekt umbenennen…</translation>
    </message>
    <message>
        <source>Reset exposure and gamma</source>
        <translation>Belichtung und Gamma zurücksetzen</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Revert in the range</source>
        <translation>Im Bereich zurücknehmen</translation>
    </message>
    <message>
        <source>Revert the change</source>
        <translation>Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>Rounds off jags and bumps.</source>
        <translation>Rundet Zacken und Beulen ab.</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation>Projekt speichern als…</translation>
    </message>
    <message>
        <source>Says that the object cannot be seen here.</source>
        <translation>Sagt, dass das Objekt hier nicht zu sehen ist.</translation>
    </message>
    <message>
        <source>Scribble inside and outside; the edge is found.</source>
        <translation>Innen und außen kritzeln; die Kante wird gefunden.</translation>
    </message>
    <message>
        <source>Select object 1</source>
        <translation>Objekt 1 wählen</translation>
    </message>
    <message>
        <source>Select object 2</source>
        <translation>Objekt 2 wählen</translation>
    </message>
    <message>
        <source>Select object 3</source>
        <translation>Objekt 3 wählen</translation>
    </message>
    <message>
        <source>Select object 4</source>
        <translation>Objekt 4 wählen</translation>
    </message>
    <message>
        <source>Select object 5</source>
        <translation>Objekt 5 wählen</translation>
    </message>
    <message>
        <source>Select object 6</source>
        <translation>Objekt 6 wählen</translation>
    </message>
    <message>
        <source>Select object 7</source>
        <translation>Objekt 7 wählen</translation>
    </message>
    <message>
        <source>Select object 8</source>
        <translation>Objekt 8 wählen</translation>
    </message>
    <message>
        <source>Select object 9</source>
        <translation>Objekt 9 wählen</translation>
    </message>
    <message>
        <source>Shortcuts…</source>
        <translation>Tastenkürzel…</translation>
    </message>
    <message>
        <source>Show or hide</source>
        <translation>Zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Shows the active object alone.</source>
        <translation>Zeigt nur das aktive Objekt.</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>Schrumpfen</translation>
    </message>
    <message>
        <source>Small loose pieces go.</source>
        <translation>Kleine lose Teile fallen weg.</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Smart select</source>
        <translation>Smarte Auswahl</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Softens the edge.</source>
        <translation>Macht die Kante weich.</translation>
    </message>
    <message>
        <source>Softer brush</source>
        <translation>Weicherer Pinsel</translation>
    </message>
    <message>
        <source>Solo</source>
        <translation>Solo</translation>
    </message>
    <message>
        <source>Starts again at the end.</source>
        <translation>Beginnt am Ende von vorn.</translation>
    </message>
    <message>
        <source>Starts this frame&apos;s mask anew.</source>
        <translation>Fängt die Maske dieses Frames neu an.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Takes back the last edit, also a propagation.</source>
        <translation>Nimmt den letzten Schritt zurück, auch ein Propagieren.</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>Zehn Frames zurück</translation>
    </message>
    <message>
        <source>Ten frames on</source>
        <translation>Zehn Frames weiter</translation>
    </message>
    <message>
        <source>Test on the keyframes</source>
        <translation>Test an den Keyframes</translation>
    </message>
    <message>
        <source>The cut-out over a checkerboard.</source>
        <translation>Der Freisteller über einem Schachbrett.</translation>
    </message>
    <message>
        <source>The cut-out over black.</source>
        <translation>Der Freisteller über Schwarz.</translation>
    </message>
    <message>
        <source>The cut-out over grey.</source>
        <translation>Der Freisteller über Grau.</translation>
    </message>
    <message>
        <source>The cut-out over white.</source>
        <translation>Der Freisteller über Weiß.</translation>
    </message>
    <message>
        <source>The frame is propagated to again.</source>
        <translation>Der Frame wird wieder propagiert.</translation>
    </message>
    <message>
        <source>The frames of one image sequence.</source>
        <translation>Die Frames einer Bildsequenz.</translation>
    </message>
    <message>
        <source>The matte of the active object alone.</source>
        <translation>Nur die Matte des aktiven Objekts.</translation>
    </message>
    <message>
        <source>The name goes into the file names of an export.</source>
        <translation>Der Name steht beim Export in den Dateinamen.</translation>
    </message>
    <message>
        <source>The object may be in every frame again.</source>
        <translation>Das Objekt darf wieder in jedem Frame sein.</translation>
    </message>
    <message>
        <source>The one before.</source>
        <translation>Der davor.</translation>
    </message>
    <message>
        <source>The picture in colour.</source>
        <translation>Das Bild in Farbe.</translation>
    </message>
    <message>
        <source>The plate alone.</source>
        <translation>Nur die Plate.</translation>
    </message>
    <message>
        <source>The plate as it is.</source>
        <translation>Die Plate, wie sie ist.</translation>
    </message>
    <message>
        <source>The plate on the left, the view on the right.</source>
        <translation>Links die Plate, rechts die Ansicht.</translation>
    </message>
    <message>
        <source>The plate with the edges of the mattes.</source>
        <translation>Die Plate mit den Kanten der Mattes.</translation>
    </message>
    <message>
        <source>The plate, objects in their colours.</source>
        <translation>Die Plate, Objekte in ihren Farben.</translation>
    </message>
    <message>
        <source>The range ends at this frame.</source>
        <translation>Der Bereich endet an diesem Frame.</translation>
    </message>
    <message>
        <source>The range is the whole clip again.</source>
        <translation>Der Bereich ist wieder der ganze Clip.</translation>
    </message>
    <message>
        <source>The range starts at this frame.</source>
        <translation>Der Bereich beginnt an diesem Frame.</translation>
    </message>
    <message>
        <source>The whole picture.</source>
        <translation>Das ganze Bild.</translation>
    </message>
    <message>
        <source>There is no matte after this frame.</source>
        <translation>Nach diesem Frame gibt es keine Matte.</translation>
    </message>
    <message>
        <source>There is no matte before this frame.</source>
        <translation>Vor diesem Frame gibt es keine Matte.</translation>
    </message>
    <message>
        <source>This is right: keep it, build on it.</source>
        <translation>Das stimmt: behalten und darauf aufbauen.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Version, model and licence.</source>
        <translation>Version, Modell und Lizenz.</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>What an edit has made out of date, and no more.</source>
        <translation>Was durch einen Schritt veraltet ist, und nicht mehr.</translation>
    </message>
    <message>
        <source>What is finished stays.</source>
        <translation>Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>What the last edit of this frame changed.</source>
        <translation>Was der letzte Schritt an diesem Frame geändert hat.</translation>
    </message>
    <message>
        <source>What was open lately.</source>
        <translation>Was zuletzt offen war.</translation>
    </message>
    <message>
        <source>Where one more keyframe helps most.</source>
        <translation>Wo ein weiterer Keyframe am meisten hilft.</translation>
    </message>
    <message>
        <source>Which ones are shown.</source>
        <translation>Welche zu sehen sind.</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>Wipe</translation>
    </message>
    <message>
        <source>With all its work; undo brings it back.</source>
        <translation>Mit aller Arbeit daran; Rückgängig holt es zurück.</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>No command has these letters.</source>
        <translation>Kein Befehl hat diese Buchstaben.</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchtest du tun?</translation>
    </message>
</context>
<context>
    <name>Config</name>
    <message>
        <source>Some preferences made no sense and are reset: {0}.</source>
        <translation>Einige Einstellungen waren unbrauchbar und sind zurückgesetzt: {0}.</translation>
    </message>
    <message>
        <source>The preferences cannot be read ({0}); defaults are used.</source>
        <translation>Die Einstellungen lassen sich nicht lesen ({0}); es gelten die Vorgaben.</translation>
    </message>
    <message>
        <source>The preferences were damaged and are at their defaults; the old file is {0}.</source>
        <translation>Die Einstellungen waren beschädigt und stehen auf den Vorgaben; die alte Datei ist {0}.</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>Absent here</source>
        <translation>Hier abwesend</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Add object</source>
        <translation>Objekt hinzufügen</translation>
    </message>
    <message>
        <source>Encode ahead</source>
        <translation>Vorab kodieren</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Frame {n} is locked: what was painted is seen when you unlock it.</source>
        <translation>Frame {n} ist gesperrt: Was gemalt wurde, ist nach dem Entsperren zu sehen.</translation>
    </message>
    <message>
        <source>Import mask</source>
        <translation>Maske importieren</translation>
    </message>
    <message>
        <source>Keyframes predicted from the others: J {j:.0%}, F {f:.0%}.</source>
        <translation>Keyframes, aus den anderen vorhergesagt: J {j:.0%}, F {f:.0%}.</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Not kept: {losses}</source>
        <translation>Nicht übernommen: {losses}</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Propagate</source>
        <translation>Propagieren</translation>
    </message>
    <message>
        <source>Recolour object</source>
        <translation>Objektfarbe ändern</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Remove keyframe</source>
        <translation>Keyframe entfernen</translation>
    </message>
    <message>
        <source>Remove object</source>
        <translation>Objekt entfernen</translation>
    </message>
    <message>
        <source>Rename object</source>
        <translation>Objekt umbenennen</translation>
    </message>
    <message>
        <source>Revert</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>Projekt speichern als</translation>
    </message>
    <message>
        <source>Self-test</source>
        <translation>Selbsttest</translation>
    </message>
    <message>
        <source>Set lifetime</source>
        <translation>Lebensdauer setzen</translation>
    </message>
    <message>
        <source>Show or hide object</source>
        <translation>Objekt zeigen oder verbergen</translation>
    </message>
    <message>
        <source>There is nothing to test: no object has two keyframes.</source>
        <translation>Es gibt nichts zu testen: Kein Objekt hat zwei Keyframes.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>{project} is written for {program}, its mattes are beside it.</source>
        <translation>{project} ist für {program} geschrieben, die Mattes liegen daneben.</translation>
    </message>
</context>
<context>
    <name>Dropping</name>
    <message>
        <source>Drop</source>
        <translation>Ablegen</translation>
    </message>
    <message>
        <source>Import as a new object at frame {n}</source>
        <translation>Als neues Objekt bei Frame {n} importieren</translation>
    </message>
    <message>
        <source>Import as mask of {name} at frame {n}</source>
        <translation>Als Maske von {name} bei Frame {n} importieren</translation>
    </message>
    <message>
        <source>Import {count} objects at frame {n}</source>
        <translation>{count} Objekte bei Frame {n} importieren</translation>
    </message>
    <message>
        <source>Open it as a clip</source>
        <translation>Als Clip öffnen</translation>
    </message>
    <message>
        <source>a new object</source>
        <translation>einem neuen Objekt</translation>
    </message>
    <message>
        <source>{file} is the mask of {name} at frame {n} now.</source>
        <translation>{file} ist jetzt die Maske von {name} bei Frame {n}.</translation>
    </message>
    <message>
        <source>{file} may be a mask of this clip, or a clip of its own.</source>
        <translation>{file} kann eine Maske dieses Clips sein oder ein eigener Clip.</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>16 bit half float</source>
        <translation>16 Bit Half Float</translation>
    </message>
    <message>
        <source>16 bits in QuickTime, without loss; large.</source>
        <translation>16 Bit in QuickTime, ohne Verlust; groß.</translation>
    </message>
    <message>
        <source>32 bit float</source>
        <translation>32 Bit Float</translation>
    </message>
    <message>
        <source>A Cryptomatte holds coverage, no colours.</source>
        <translation>Eine Cryptomatte enthält Deckung, keine Farben.</translation>
    </message>
    <message>
        <source>A folder that other programs are set up from: mattes, and a file that says everything about them.</source>
        <translation>Ein Ordner, aus dem andere Programme eingerichtet werden: Mattes und eine Datei, die alles über sie sagt.</translation>
    </message>
    <message>
        <source>A label map has 8 bits: numbers from 0 to 255.</source>
        <translation>Eine Label-Map hat 8 Bit: Nummern von 0 bis 255.</translation>
    </message>
    <message>
        <source>A label map holds numbers, no pictures.</source>
        <translation>Eine Label-Map enthält Nummern, keine Bilder.</translation>
    </message>
    <message>
        <source>A part with channel NAME.A for each object: alpha from 0 to 1.</source>
        <translation>Je Objekt ein Part mit dem Kanal NAME.A: Alpha von 0 bis 1.</translation>
    </message>
    <message>
        <source>Channel NAME.A for each object: alpha from 0 to 1.</source>
        <translation>Je Objekt ein Kanal NAME.A: Alpha von 0 bis 1.</translation>
    </message>
    <message>
        <source>Channel Y of an EXR per object: alpha from 0 to 1 in half floats.</source>
        <translation>Kanal Y einer EXR-Datei je Objekt: Alpha von 0 bis 1 als Half Float.</translation>
    </message>
    <message>
        <source>Channel Y: alpha from 0 to 1 in half floats.</source>
        <translation>Kanal Y: Alpha von 0 bis 1 als Half Float.</translation>
    </message>
    <message>
        <source>Channel Y: alpha from 0 to 1, exactly as roto has it.</source>
        <translation>Kanal Y: Alpha von 0 bis 1, genau wie roto es hat.</translation>
    </message>
    <message>
        <source>Colours in .fill, alpha as grey in .key.</source>
        <translation>Farben in .fill, Alpha als Grau in .key.</translation>
    </message>
    <message>
        <source>Coverage from 0 to 1 by object; where mattes overlap it is shared.</source>
        <translation>Deckung von 0 bis 1 je Objekt; wo sich Mattes überlagern, wird sie aufgeteilt.</translation>
    </message>
    <message>
        <source>Cryptomatte (EXR)</source>
        <translation>Cryptomatte (EXR)</translation>
    </message>
    <message>
        <source>Cut-out over a colour</source>
        <translation>Freisteller über einer Farbe</translation>
    </message>
    <message>
        <source>Cut-out: the plate with alpha</source>
        <translation>Freisteller: die Plate mit Alpha</translation>
    </message>
    <message>
        <source>Cut-outs of this format are straight: {format}.</source>
        <translation>Freisteller sind in diesem Format straight: {format}.</translation>
    </message>
    <message>
        <source>Display colours (sRGB), from the plate&apos;s linear light, clipped to 0..1.</source>
        <translation>Display-Farben (sRGB), aus dem linearen Licht der Plate, auf 0..1 beschnitten.</translation>
    </message>
    <message>
        <source>Display colours, as in the plate.</source>
        <translation>Display-Farben, wie in der Plate.</translation>
    </message>
    <message>
        <source>EXR</source>
        <translation>EXR</translation>
    </message>
    <message>
        <source>EXR, a file per object</source>
        <translation>EXR, eine Datei je Objekt</translation>
    </message>
    <message>
        <source>EXR, a layer per object</source>
        <translation>EXR, ein Layer je Objekt</translation>
    </message>
    <message>
        <source>EXR, a part per object</source>
        <translation>EXR, ein Part je Objekt</translation>
    </message>
    <message>
        <source>FFV1 (.mkv)</source>
        <translation>FFV1 (.mkv)</translation>
    </message>
    <message>
        <source>Fill and key are the two halves of a cut-out: without alpha, take ProRes.</source>
        <translation>Fill und Key sind die zwei Hälften eines Freistellers: Für ein Bild ohne Alpha ProRes wählen.</translation>
    </message>
    <message>
        <source>Fill and key, ProRes 422 HQ (.mov)</source>
        <translation>Fill und Key, ProRes 422 HQ (.mov)</translation>
    </message>
    <message>
        <source>For archives, without loss.</source>
        <translation>Für Archive, ohne Verlust.</translation>
    </message>
    <message>
        <source>For compositing: floats, nothing is quantised to steps.</source>
        <translation>Fürs Compositing: Float, nichts wird auf Stufen gerundet.</translation>
    </message>
    <message>
        <source>For compositing: objects are picked by their names.</source>
        <translation>Fürs Compositing: Objekte werden beim Namen gewählt.</translation>
    </message>
    <message>
        <source>For compositing: one file per frame, each object in a layer.</source>
        <translation>Fürs Compositing: eine Datei je Frame, jedes Objekt in einem Layer.</translation>
    </message>
    <message>
        <source>For compositing: one file per frame, each object in a part.</source>
        <translation>Fürs Compositing: eine Datei je Frame, jedes Objekt in einem Part.</translation>
    </message>
    <message>
        <source>For grading and editing. Some programs ignore its alpha, or take it for premultiplied: a matte alone is grey as well.</source>
        <translation>Für Grading und Schnitt. Manche Programme übergehen sein Alpha oder halten es für vormultipliziert: Eine Matte allein ist auch als Grau da.</translation>
    </message>
    <message>
        <source>For other programs</source>
        <translation>Für andere Programme</translation>
    </message>
    <message>
        <source>For programs without alpha: two movies per object, colours and matte.</source>
        <translation>Für Programme ohne Alpha: zwei Filme je Objekt, Farben und Matte.</translation>
    </message>
    <message>
        <source>For the web; alpha of cut-outs is compressed.</source>
        <translation>Fürs Web; Alpha von Freistellern ist komprimiert.</translation>
    </message>
    <message>
        <source>Grey and alpha are the same: take the matte from either.</source>
        <translation>Grau und Alpha sind gleich: Die Matte ist in beiden.</translation>
    </message>
    <message>
        <source>Grey: alpha from 0 to 1, exactly as roto has it.</source>
        <translation>Grau: Alpha von 0 bis 1, genau wie roto es hat.</translation>
    </message>
    <message>
        <source>Grey: alpha in 256 steps from 0 to 255.</source>
        <translation>Grau: Alpha in 256 Stufen von 0 bis 255.</translation>
    </message>
    <message>
        <source>Grey: alpha in 65,536 steps from 0 to 65,535.</source>
        <translation>Grau: Alpha in 65.536 Stufen von 0 bis 65.535.</translation>
    </message>
    <message>
        <source>Indexed PNG: a pixel has its object&apos;s number, 0 is background. Hard edges, no alpha.</source>
        <translation>Indiziertes PNG: Ein Pixel hat die Nummer seines Objekts, 0 ist Hintergrund. Harte Kanten, kein Alpha.</translation>
    </message>
    <message>
        <source>Label map (PNG)</source>
        <translation>Label-Map (PNG)</translation>
    </message>
    <message>
        <source>Linear and straight: no gamma, nothing premultiplied.</source>
        <translation>Linear und straight: kein Gamma, nichts vormultipliziert.</translation>
    </message>
    <message>
        <source>Linear light, as in the plate.</source>
        <translation>Lineares Licht, wie in der Plate.</translation>
    </message>
    <message>
        <source>Linear light, from the plate by the sRGB curve.</source>
        <translation>Lineares Licht, aus der Plate nach der sRGB-Kurve.</translation>
    </message>
    <message>
        <source>Matte alone</source>
        <translation>Nur die Matte</translation>
    </message>
    <message>
        <source>Mattes, white on black</source>
        <translation>Mattes, weiß auf schwarz</translation>
    </message>
    <message>
        <source>Movies</source>
        <translation>Filme</translation>
    </message>
    <message>
        <source>One picture per frame in which every pixel has its object&apos;s number.</source>
        <translation>Ein Bild je Frame, in dem jedes Pixel die Nummer seines Objekts hat.</translation>
    </message>
    <message>
        <source>Only a cut-out is straight or premultiplied: a matte has no colours.</source>
        <translation>Nur ein Freisteller ist straight oder vormultipliziert: Eine Matte hat keine Farben.</translation>
    </message>
    <message>
        <source>Opened there it shows the plate with its mattes; they are in a package beside it.</source>
        <translation>Dort geöffnet zeigt es die Plate mit ihren Mattes; sie liegen daneben in einem Paket.</translation>
    </message>
    <message>
        <source>PNG</source>
        <translation>PNG</translation>
    </message>
    <message>
        <source>PNG in QuickTime (.mov)</source>
        <translation>PNG in QuickTime (.mov)</translation>
    </message>
    <message>
        <source>Package with matte.json</source>
        <translation>Paket mit matte.json</translation>
    </message>
    <message>
        <source>Plate, at half brightness inside the mattes</source>
        <translation>Plate, in den Mattes halb so hell</translation>
    </message>
    <message>
        <source>Premultiplied: colours are multiplied by alpha.</source>
        <translation>Vormultipliziert: Farben sind mit Alpha multipliziert.</translation>
    </message>
    <message>
        <source>ProRes 4444 (.mov)</source>
        <translation>ProRes 4444 (.mov)</translation>
    </message>
    <message>
        <source>Project of another program</source>
        <translation>Projekt eines anderen Programms</translation>
    </message>
    <message>
        <source>QuickTime Animation (.mov)</source>
        <translation>QuickTime Animation (.mov)</translation>
    </message>
    <message>
        <source>Read everywhere.</source>
        <translation>Wird überall gelesen.</translation>
    </message>
    <message>
        <source>Read everywhere; its tags say what alpha is.</source>
        <translation>Wird überall gelesen; seine Tags sagen, was Alpha ist.</translation>
    </message>
    <message>
        <source>Red, green, blue and alpha.</source>
        <translation>Rot, Grün, Blau und Alpha.</translation>
    </message>
    <message>
        <source>Stills</source>
        <translation>Einzelbilder</translation>
    </message>
    <message>
        <source>Straight: colours as they are, also where alpha is 0.</source>
        <translation>Straight: Farben, wie sie sind, auch wo Alpha 0 ist.</translation>
    </message>
    <message>
        <source>TIFF</source>
        <translation>TIFF</translation>
    </message>
    <message>
        <source>The key alone: alpha as grey, 10 bit.</source>
        <translation>Nur der Key: Alpha als Grau, 10 Bit.</translation>
    </message>
    <message>
        <source>The movie whose alpha most programs read right.</source>
        <translation>Der Film, dessen Alpha die meisten Programme richtig lesen.</translation>
    </message>
    <message>
        <source>The plate over a colour</source>
        <translation>Die Plate über einer Farbe</translation>
    </message>
    <message>
        <source>The plate over a colour has no alpha.</source>
        <translation>Die Plate über einer Farbe hat kein Alpha.</translation>
    </message>
    <message>
        <source>The plate over the colour, without alpha.</source>
        <translation>Die Plate über der Farbe, ohne Alpha.</translation>
    </message>
    <message>
        <source>The plate stays where it is; the project and its package belong together.</source>
        <translation>Die Plate bleibt, wo sie ist; Projekt und Paket gehören zusammen.</translation>
    </message>
    <message>
        <source>This program cannot show that.</source>
        <translation>Dieses Programm kann das nicht zeigen.</translation>
    </message>
    <message>
        <source>VP9 (.webm)</source>
        <translation>VP9 (.webm)</translation>
    </message>
    <message>
        <source>With all objects in one file there is no picture over a colour: take a file per object.</source>
        <translation>Mit allen Objekten in einer Datei gibt es kein Bild über einer Farbe: eine Datei je Objekt wählen.</translation>
    </message>
    <message>
        <source>{format} has {bits} bits.</source>
        <translation>{format} hat {bits} Bit.</translation>
    </message>
    <message>
        <source>{list} or {last}</source>
        <translation>{list} oder {last}</translation>
    </message>
    <message>
        <source>{n} bit</source>
        <translation>{n} Bit</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>A movie cannot leave frames out: propagate them first, export other frames, or write stills.</source>
        <translation>Ein Film kann keine Frames auslassen: erst propagieren, andere Frames exportieren oder Einzelbilder schreiben.</translation>
    </message>
    <message>
        <source>A project needs every frame: propagate them first, or export others.</source>
        <translation>Ein Projekt braucht jeden Frame: erst propagieren oder andere exportieren.</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export mattes</source>
        <translation>Mattes exportieren</translation>
    </message>
    <message>
        <source>Folder for the mattes</source>
        <translation>Ordner für die Mattes</translation>
    </message>
    <message>
        <source>No object is ticked.</source>
        <translation>Kein Objekt ist angehakt.</translation>
    </message>
    <message>
        <source>Something is under way: export when it has ended, or stop it.</source>
        <translation>Etwas läuft noch: exportieren, wenn es zu Ende ist, oder es stoppen.</translation>
    </message>
    <message>
        <source>The files need a name.</source>
        <translation>Die Dateien brauchen einen Namen.</translation>
    </message>
    <message>
        <source>There are no objects yet: paint one first.</source>
        <translation>Es gibt noch keine Objekte: Male zuerst eines.</translation>
    </message>
    <message>
        <source>There is no clip.</source>
        <translation>Es ist kein Clip da.</translation>
    </message>
    <message>
        <source>“{token}” in the folder&apos;s name would become a number or a name.</source>
        <translation>„{token}“ im Namen des Ordners würde zu einer Nummer oder einem Namen.</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>A movie holds all frames, so its name has no frame number.</source>
        <translation>Ein Film enthält alle Frames, sein Name also keine Framenummer.</translation>
    </message>
    <message>
        <source>A package names its files itself.</source>
        <translation>Ein Paket benennt seine Dateien selbst.</translation>
    </message>
    <message>
        <source>All frames</source>
        <translation>Alle Frames</translation>
    </message>
    <message>
        <source>All frames, {first}-{last}</source>
        <translation>Alle Frames, {first}-{last}</translation>
    </message>
    <message>
        <source>All objects are in one file: {token} becomes “{word}”.</source>
        <translation>Alle Objekte sind in einer Datei: Aus {token} wird „{word}“.</translation>
    </message>
    <message>
        <source>Also in it</source>
        <translation>Auch darin</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Frame</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>From in to out point</source>
        <translation>Vom In- bis zum Out-Punkt</translation>
    </message>
    <message>
        <source>From in to out point (none set: all frames)</source>
        <translation>Vom In- bis zum Out-Punkt (keiner gesetzt: alle Frames)</translation>
    </message>
    <message>
        <source>Handles</source>
        <translation>Handles</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Puts {token} into the name</source>
        <translation>Setzt {token} in den Namen</translation>
    </message>
    <message>
        <source>Shows</source>
        <translation>Zeigt</translation>
    </message>
    <message>
        <source>These frames</source>
        <translation>Diese Frames</translation>
    </message>
</context>
<context>
    <name>ExportSummary</name>
    <message>
        <source>1 file, about {size}</source>
        <translation>1 Datei, etwa {size}</translation>
    </message>
    <message>
        <source>Export what is there</source>
        <translation>Exportieren, was da ist</translation>
    </message>
    <message>
        <source>Frames not propagated yet: {which}.</source>
        <translation>Noch nicht propagierte Frames: {which}.</translation>
    </message>
    <message>
        <source>Only {size} are free on that disk.</source>
        <translation>Auf dieser Platte sind nur {size} frei.</translation>
    </message>
    <message>
        <source>Replace the file that exists</source>
        <translation>Die vorhandene Datei ersetzen</translation>
    </message>
    <message>
        <source>Replace the package that exists</source>
        <translation>Das vorhandene Paket ersetzen</translation>
    </message>
    <message>
        <source>Replace the project and the package that exist</source>
        <translation>Vorhandenes Projekt und Paket ersetzen</translation>
    </message>
    <message>
        <source>Replace {n} files that exist</source>
        <translation>{n} vorhandene Dateien ersetzen</translation>
    </message>
    <message>
        <source>Stale frames, exported as they are: {which}.</source>
        <translation>Veraltete Frames, exportiert, wie sie sind: {which}.</translation>
    </message>
    <message>
        <source>{n} files, about {size}</source>
        <translation>{n} Dateien, etwa {size}</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Every edit is on disk already, in {path}.</source>
        <translation>Jeder Schritt ist schon gespeichert, in {path}.</translation>
    </message>
    <message>
        <source>Import mask</source>
        <translation>Maske importieren</translation>
    </message>
    <message>
        <source>Masks (*.png *.exr *.tif *.tiff *.jpg *.webp)</source>
        <translation>Masken (*.png *.exr *.tif *.tiff *.jpg *.webp)</translation>
    </message>
    <message>
        <source>Open clip or project</source>
        <translation>Clip oder Projekt öffnen</translation>
    </message>
    <message>
        <source>Open the folder of an image sequence</source>
        <translation>Ordner einer Bildsequenz öffnen</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>Projekt speichern als</translation>
    </message>
    <message>
        <source>Where is the clip of this project now?</source>
        <translation>Wo ist der Clip dieses Projekts jetzt?</translation>
    </message>
    <message>
        <source>roto projects (*.roto)</source>
        <translation>roto-Projekte (*.roto)</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Rename object</source>
        <translation>Objekt umbenennen</translation>
    </message>
</context>
<context>
    <name>Hints</name>
    <message>
        <source>Clicks add corners. Enter, or a click on the first one, closes it; Esc drops it.</source>
        <translation>Klicks setzen Ecken. Enter oder ein Klick auf die erste schließt das Polygon; Esc verwirft es.</translation>
    </message>
    <message>
        <source>Draw a stroke inside the object. Right button or Alt: what is not the object.</source>
        <translation>Zieh einen Strich im Objekt. Rechte Taste oder Alt: was nicht das Objekt ist.</translation>
    </message>
    <message>
        <source>Drop a clip or a project here, or open the sample.</source>
        <translation>Zieh einen Clip oder ein Projekt hierher, oder öffne das Beispiel.</translation>
    </message>
    <message>
        <source>Locked at this frame: it stays as it is. {unlock} unlocks it.</source>
        <translation>Bei diesem Frame gesperrt: Es bleibt, wie es ist. {unlock} entsperrt es.</translation>
    </message>
    <message>
        <source>Look at what changed in the strip; {accept} accepts it.</source>
        <translation>Sieh im Streifen nach, was sich geändert hat; {accept} nimmt es an.</translation>
    </message>
    <message>
        <source>Mattes are being written. An edit makes the export begin anew.</source>
        <translation>Mattes werden geschrieben. Nach einer Änderung beginnt der Export von vorn.</translation>
    </message>
    <message>
        <source>More strokes refine it, with Alt or the right button outside. Enter keeps it.</source>
        <translation>Weitere Striche verfeinern, mit Alt oder rechter Taste außen. Enter behält es.</translation>
    </message>
    <message>
        <source>Open elsewhere: you can look. Save the project as another one to go on.</source>
        <translation>Anderswo offen: Du kannst nur schauen. Speichere das Projekt als ein anderes, um weiterzumachen.</translation>
    </message>
    <message>
        <source>You can go on painting while frames are found.</source>
        <translation>Du kannst weitermalen, während Frames gefunden werden.</translation>
    </message>
    <message>
        <source>{export} exports the mattes.</source>
        <translation>{export} exportiert die Mattes.</translation>
    </message>
    <message>
        <source>{name} is hidden: {show} shows it again.</source>
        <translation>{name} ist verborgen: {show} zeigt es wieder.</translation>
    </message>
    <message>
        <source>{next} goes to the frame that is worth a check; paint to correct it. {export} exports.</source>
        <translation>{next} geht zum Frame, der eine Prüfung wert ist; Malen korrigiert ihn. {export} exportiert.</translation>
    </message>
    <message>
        <source>{propagate} finds it on all frames, both ways.</source>
        <translation>{propagate} findet es auf allen Frames, in beide Richtungen.</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>accepting</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>adding an object</source>
        <translation>Objekt hinzufügen</translation>
    </message>
    <message>
        <source>another network</source>
        <translation>anderes Netz</translation>
    </message>
    <message>
        <source>colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>correction</source>
        <translation>Korrektur</translation>
    </message>
    <message>
        <source>lifetime</source>
        <translation>Lebensdauer</translation>
    </message>
    <message>
        <source>locking</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>painting</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>propagation</source>
        <translation>Propagieren</translation>
    </message>
    <message>
        <source>removing a keyframe</source>
        <translation>Keyframe entfernen</translation>
    </message>
    <message>
        <source>removing an object</source>
        <translation>Objekt entfernen</translation>
    </message>
    <message>
        <source>reverting</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>unlocking</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>visibility</source>
        <translation>Sichtbarkeit</translation>
    </message>
</context>
<context>
    <name>HostRows</name>
    <message>
        <source>Colour behind the cut-out</source>
        <translation>Farbe hinter dem Freisteller</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Shows</source>
        <translation>Zeigt</translation>
    </message>
    <message>
        <source>The colour behind the cut-out</source>
        <translation>Die Farbe hinter dem Freisteller</translation>
    </message>
</context>
<context>
    <name>Keeper</name>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show frame</source>
        <translation>Frame zeigen</translation>
    </message>
    <message>
        <source>Something is under way; stop it first.</source>
        <translation>Es läuft schon etwas; halte es erst an.</translation>
    </message>
    <message>
        <source>Something went wrong inside roto: {error}. Your work is on disk.</source>
        <translation>In roto ist etwas schiefgegangen: {error}. Deine Arbeit ist gespeichert.</translation>
    </message>
</context>
<context>
    <name>KeyField</name>
    <message>
        <source>Click here, or press Enter in the list; then press the new key.</source>
        <translation>Klicke hier, oder drücke Enter in der Liste; drücke dann die neue Taste.</translation>
    </message>
    <message>
        <source>The new key</source>
        <translation>Die neue Taste</translation>
    </message>
</context>
<context>
    <name>KeysOverlay</name>
    <message>
        <source>Drop what is begun</source>
        <translation>Begonnenes verwerfen</translation>
    </message>
    <message>
        <source>Enter   Double click</source>
        <translation>Enter   Doppelklick</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Keep what is begun</source>
        <translation>Begonnenes behalten</translation>
    </message>
    <message>
        <source>Keys. A click or any key closes this.</source>
        <translation>Tasten. Ein Klick oder eine Taste schließt dies.</translation>
    </message>
    <message>
        <source>Middle button   Space + drag</source>
        <translation>Mittlere Taste   Leertaste + Ziehen</translation>
    </message>
    <message>
        <source>Mouse and pen</source>
        <translation>Maus und Stift</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Das Bild verschieben</translation>
    </message>
    <message>
        <source>Right button   Alt + drag</source>
        <translation>Rechte Taste   Alt + Ziehen</translation>
    </message>
    <message>
        <source>Shift + drag</source>
        <translation>Umschalt + Ziehen</translation>
    </message>
    <message>
        <source>Size and hardness of the brush</source>
        <translation>Größe und Härte des Pinsels</translation>
    </message>
    <message>
        <source>What is not the object</source>
        <translation>Was nicht das Objekt ist</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rad</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>Zoomen am Zeiger</translation>
    </message>
</context>
<context>
    <name>Locks</name>
    <message>
        <source>A new object</source>
        <translation>Ein neues Objekt</translation>
    </message>
    <message>
        <source>A region of {name} is locked at {frames}. Alt, or the right button, unlocks.</source>
        <translation>Eine Region von {name} ist bei {frames} gesperrt. Alt oder die rechte Taste entsperrt.</translation>
    </message>
    <message>
        <source>Nothing is locked at {frames}.</source>
        <translation>Bei {frames} ist nichts gesperrt.</translation>
    </message>
    <message>
        <source>Nothing of {name} is locked at {frames}.</source>
        <translation>Von {name} ist bei {frames} nichts gesperrt.</translation>
    </message>
    <message>
        <source>Unlock frame {n}</source>
        <translation>Frame {n} entsperren</translation>
    </message>
    <message>
        <source>What lies in the region is unlocked at {frames}, of {name}.</source>
        <translation>Was in der Region liegt, ist bei {frames} entsperrt, von {name}.</translation>
    </message>
    <message>
        <source>{name} is locked at frame {n}: unlock the frame to change it.</source>
        <translation>{name} ist bei Frame {n} gesperrt: Entsperre den Frame, um es zu ändern.</translation>
    </message>
</context>
<context>
    <name>LookRows</name>
    <message>
        <source>Colour behind the plate</source>
        <translation>Farbe hinter der Plate</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Premultiplied</source>
        <translation>Vormultipliziert</translation>
    </message>
    <message>
        <source>Straight</source>
        <translation>Straight</translation>
    </message>
    <message>
        <source>The colour behind the plate, as a display shows it</source>
        <translation>Die Farbe hinter der Plate, wie ein Bildschirm sie zeigt</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Objects</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Timeline</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>{n} weitere</translation>
    </message>
</context>
<context>
    <name>ObjectsPanel</name>
    <message>
        <source>1 keyframe</source>
        <translation>1 Keyframe</translation>
    </message>
    <message>
        <source>A new object with a colour of its own</source>
        <translation>Ein neues Objekt mit eigener Farbe</translation>
    </message>
    <message>
        <source>Add object</source>
        <translation>Objekt hinzufügen</translation>
    </message>
    <message>
        <source>Change colour…</source>
        <translation>Farbe ändern…</translation>
    </message>
    <message>
        <source>Change the colour</source>
        <translation>Farbe ändern</translation>
    </message>
    <message>
        <source>Clear lifetime</source>
        <translation>Lebensdauer aufheben</translation>
    </message>
    <message>
        <source>Colour of {name}</source>
        <translation>Farbe von {name}</translation>
    </message>
    <message>
        <source>Exists {when}.</source>
        <translation>Vorhanden {when}.</translation>
    </message>
    <message>
        <source>Frame {frame}: {state}.</source>
        <translation>Frame {frame}: {state}.</translation>
    </message>
    <message>
        <source>Lifetime ends at {n}</source>
        <translation>Lebensdauer endet bei {n}</translation>
    </message>
    <message>
        <source>Lifetime starts at {n}</source>
        <translation>Lebensdauer beginnt bei {n}</translation>
    </message>
    <message>
        <source>Lock frame {n}</source>
        <translation>Frame {n} sperren</translation>
    </message>
    <message>
        <source>Not in frame {n}</source>
        <translation>Nicht in Frame {n}</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>{name} entfernen</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Show or hide in the viewer</source>
        <translation>Im Viewer zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Show this object alone</source>
        <translation>Nur dieses Objekt zeigen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Unlock frame {n}</source>
        <translation>Frame {n} entsperren</translation>
    </message>
    <message>
        <source>a keyframe: your mask</source>
        <translation>ein Keyframe: deine Maske</translation>
    </message>
    <message>
        <source>absent</source>
        <translation>abwesend</translation>
    </message>
    <message>
        <source>from {first}</source>
        <translation>ab {first}</translation>
    </message>
    <message>
        <source>locked: it stays as it is</source>
        <translation>gesperrt: bleibt, wie es ist</translation>
    </message>
    <message>
        <source>no keyframe yet</source>
        <translation>noch kein Keyframe</translation>
    </message>
    <message>
        <source>not propagated yet</source>
        <translation>noch nicht propagiert</translation>
    </message>
    <message>
        <source>open: an edit reaches it, propagate to update it</source>
        <translation>offen: Ein Schritt reicht bis hierher, Propagieren erneuert ihn</translation>
    </message>
    <message>
        <source>stale: it would come out differently now</source>
        <translation>veraltet: Es käme jetzt anders heraus</translation>
    </message>
    <message>
        <source>to {last}</source>
        <translation>bis {last}</translation>
    </message>
    <message>
        <source>up to date</source>
        <translation>aktuell</translation>
    </message>
    <message>
        <source>{first}-{last}</source>
        <translation>{first}-{last}</translation>
    </message>
    <message>
        <source>{name} is removed with its keyframes and mattes; {undo} brings it back.</source>
        <translation>{name} ist mit Keyframes und Mattes entfernt; {undo} holt es zurück.</translation>
    </message>
    <message>
        <source>{n} fresh</source>
        <translation>{n} aktuell</translation>
    </message>
    <message>
        <source>{n} keyframes</source>
        <translation>{n} Keyframes</translation>
    </message>
    <message>
        <source>{n} locked</source>
        <translation>{n} gesperrt</translation>
    </message>
    <message>
        <source>{n} missing</source>
        <translation>{n} fehlen</translation>
    </message>
    <message>
        <source>{n} open</source>
        <translation>{n} offen</translation>
    </message>
    <message>
        <source>{n} stale</source>
        <translation>{n} veraltet</translation>
    </message>
</context>
<context>
    <name>ObjectsView</name>
    <message>
        <source>No objects yet. The first stroke on the picture makes one.</source>
        <translation>Noch keine Objekte. Der erste Strich im Bild macht eines.</translation>
    </message>
</context>
<context>
    <name>PackageRows</name>
    <message>
        <source>All frames are in the range: there are none beyond it.</source>
        <translation>Alle Frames sind im Bereich: Außerhalb gibt es keine.</translation>
    </message>
    <message>
        <source>Cryptomatte</source>
        <translation>Cryptomatte</translation>
    </message>
    <message>
        <source>EXR layers</source>
        <translation>EXR-Layer</translation>
    </message>
    <message>
        <source>Handles</source>
        <translation>Handles</translation>
    </message>
    <message>
        <source>Movies</source>
        <translation>Filme</translation>
    </message>
    <message>
        <source>PNG, 16 bit</source>
        <translation>PNG, 16 Bit</translation>
    </message>
    <message>
        <source>more frames before and after the range</source>
        <translation>weitere Frames vor und nach dem Bereich</translation>
    </message>
</context>
<context>
    <name>Painter</name>
    <message>
        <source>The project is open for reading only: save it as another.</source>
        <translation>Das Projekt ist nur zum Lesen offen: Speichere es als ein anderes.</translation>
    </message>
    <message>
        <source>There is no object to lock yet: paint it first.</source>
        <translation>Es gibt noch kein Objekt zum Sperren: Male es zuerst.</translation>
    </message>
    <message>
        <source>This frame is still being read.</source>
        <translation>Dieser Frame wird noch gelesen.</translation>
    </message>
    <message>
        <source>{name} is hidden: show it before you paint on it.</source>
        <translation>{name} ist verborgen: Zeige es, bevor du darauf malst.</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>A name, or a file of weights.</source>
        <translation>Ein Name oder eine Datei mit Gewichten.</translation>
    </message>
    <message>
        <source>Around the plate</source>
        <translation>Um die Plate</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Colour behind the cut-out</source>
        <translation>Farbe hinter dem Freisteller</translation>
    </message>
    <message>
        <source>Decoded frames that are kept for playing.</source>
        <translation>Dekodierte Frames, die zum Abspielen bleiben.</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>From the next start of roto on.</source>
        <translation>Ab dem nächsten Start von roto.</translation>
    </message>
    <message>
        <source>Hardness</source>
        <translation>Härte</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Memory for frames</source>
        <translation>Speicher für Frames</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>Overlay</translation>
    </message>
    <message>
        <source>Picture and brush</source>
        <translation>Bild und Pinsel</translation>
    </message>
    <message>
        <source>Play a clip when it is opened</source>
        <translation>Einen Clip beim Öffnen abspielen</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Propagation, from the next clip or project on</source>
        <translation>Propagieren, ab dem nächsten Clip oder Projekt</translation>
    </message>
    <message>
        <source>Say what to do next</source>
        <translation>Sagen, was als Nächstes zu tun ist</translation>
    </message>
    <message>
        <source>Strokes of smart select</source>
        <translation>Striche der smarten Auswahl</translation>
    </message>
    <message>
        <source>The shorter side of what the network sees: smaller is faster, less exact.</source>
        <translation>Die kürzere Seite dessen, was das Netz sieht: Kleiner ist schneller und weniger genau.</translation>
    </message>
    <message>
        <source>What roto recommends</source>
        <translation>Was roto empfiehlt</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>Arbeit</translation>
    </message>
    <message>
        <source>Working size</source>
        <translation>Arbeitsgröße</translation>
    </message>
</context>
<context>
    <name>ReceiptStrip</name>
    <message>
        <source>1 frame changed</source>
        <translation>1 Frame geändert</translation>
    </message>
    <message>
        <source>1 new frame</source>
        <translation>1 neuer Frame</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Changes by frame</source>
        <translation>Änderungen je Frame</translation>
    </message>
    <message>
        <source>Frame {0}</source>
        <translation>Frame {0}</translation>
    </message>
    <message>
        <source>Keep what came out</source>
        <translation>Behalten, was herauskam</translation>
    </message>
    <message>
        <source>Nothing changed</source>
        <translation>Nichts geändert</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>Überlappung</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>Revert</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Revert range</source>
        <translation>Bereich zurücknehmen</translation>
    </message>
    <message>
        <source>Revert {0} to {1}</source>
        <translation>{0} bis {1} zurücknehmen</translation>
    </message>
    <message>
        <source>Take all of it back</source>
        <translation>Alles zurücknehmen</translation>
    </message>
    <message>
        <source>Take back the frames that are selected: drag over the bars to select some</source>
        <translation>Die gewählten Frames zurücknehmen: Zum Wählen über die Balken ziehen</translation>
    </message>
    <message>
        <source>What the bars show: changed pixels on a logarithmic scale, or lost overlap</source>
        <translation>Was die Balken zeigen: geänderte Pixel, logarithmisch, oder verlorene Überlappung</translation>
    </message>
    <message>
        <source>most at {frame}: {extent}</source>
        <translation>am meisten bei {frame}: {extent}</translation>
    </message>
    <message>
        <source>not changed</source>
        <translation>nicht geändert</translation>
    </message>
    <message>
        <source>{0} frames changed</source>
        <translation>{0} Frames geändert</translation>
    </message>
    <message>
        <source>{0} new frames</source>
        <translation>{0} neue Frames</translation>
    </message>
    <message>
        <source>{0} px</source>
        <translation>{0} px</translation>
    </message>
    <message>
        <source>{0}, appeared or vanished</source>
        <translation>{0}, erschienen oder verschwunden</translation>
    </message>
    <message>
        <source>{0}, edge moved {1} px</source>
        <translation>{0}, Kante um {1} px verschoben</translation>
    </message>
    <message>
        <source>{name}: new, {pixels} px</source>
        <translation>{name}: neu, {pixels} px</translation>
    </message>
    <message>
        <source>{new} new, {changed} changed</source>
        <translation>{new} neu, {changed} geändert</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Clear this list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>{0} (missing)</source>
        <translation>{0} (fehlt)</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>Add as second key</source>
        <translation>Als zweite Taste</translation>
    </message>
    <message>
        <source>All keys are those of “{0}” again.</source>
        <translation>Alle Tasten sind wieder die von „{0}“.</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Keys as in</source>
        <translation>Tasten wie in</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Keine Taste</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Search commands or keys</source>
        <translation>Befehle oder Tasten suchen</translation>
    </message>
    <message>
        <source>Select a command first.</source>
        <translation>Wähle zuerst einen Befehl.</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Take it over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>{0} finishes, cancels or moves on everywhere and cannot be used.</source>
        <translation>{0} beendet, bricht ab oder springt weiter und ist nicht frei.</translation>
    </message>
    <message>
        <source>{0} is already “{1}”.</source>
        <translation>{0} ist schon „{1}“.</translation>
    </message>
    <message>
        <source>{0} is now “{1}”.</source>
        <translation>{0} ist jetzt „{1}“.</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Frame {n}</source>
        <translation>Frame {n}</translation>
    </message>
    <message>
        <source>Frame {n} cannot be read.</source>
        <translation>Frame {n} lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>Nothing to compare with: this is not the frame that was edited last.</source>
        <translation>Nichts zu vergleichen: Dieser Frame ist nicht der zuletzt bearbeitete.</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Check frame {n}</source>
        <translation>Frame {n} prüfen</translation>
    </message>
    <message>
        <source>Exporting {done}/{total}</source>
        <translation>Exportiert {done}/{total}</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>Öffnet</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Propagating {done}/{total}</source>
        <translation>Propagiert {done}/{total}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Testing {done}/{total}</source>
        <translation>Testet {done}/{total}</translation>
    </message>
    <message>
        <source>What is finished stays.</source>
        <translation>Was fertig ist, bleibt.</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>{name}: far from all keyframes.</source>
        <translation>{name}: fern von allen Keyframes.</translation>
    </message>
    <message>
        <source>{name}: the result is least certain here.</source>
        <translation>{name}: Hier ist das Ergebnis am unsichersten.</translation>
    </message>
    <message>
        <source>{n} open</source>
        <translation>{n} offen</translation>
    </message>
    <message>
        <source>{n} stale</source>
        <translation>{n} veraltet</translation>
    </message>
    <message>
        <source>{n} to check</source>
        <translation>{n} zu prüfen</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Clear in and out points</source>
        <translation>In- und Out-Punkt löschen</translation>
    </message>
    <message>
        <source>Frame {0}</source>
        <translation>Frame {0}</translation>
    </message>
    <message>
        <source>Frame {0} is not on disk</source>
        <translation>Frame {0} ist nicht auf der Platte</translation>
    </message>
    <message>
        <source>Frame {0}: check this one first</source>
        <translation>Frame {0}: diesen zuerst prüfen</translation>
    </message>
    <message>
        <source>Frame {0}: worth a check</source>
        <translation>Frame {0}: eine Prüfung wert</translation>
    </message>
    <message>
        <source>Go to frame {0}</source>
        <translation>Gehe zu Frame {0}</translation>
    </message>
    <message>
        <source>In point: {0}. Drag it; double-click to clear it.</source>
        <translation>In-Punkt: {0}. Zum Verschieben ziehen; Doppelklick löscht ihn.</translation>
    </message>
    <message>
        <source>Out point: {0}. Drag it; double-click to clear it.</source>
        <translation>Out-Punkt: {0}. Zum Verschieben ziehen; Doppelklick löscht ihn.</translation>
    </message>
    <message>
        <source>Remove keyframe of {name} at {frame}</source>
        <translation>Keyframe von {name} bei {frame} entfernen</translation>
    </message>
    <message>
        <source>Set in point here</source>
        <translation>In-Punkt hier setzen</translation>
    </message>
    <message>
        <source>Set out point here</source>
        <translation>Out-Punkt hier setzen</translation>
    </message>
    <message>
        <source>a part of the picture is locked</source>
        <translation>ein Teil des Bildes ist gesperrt</translation>
    </message>
    <message>
        <source>absent, the object is not in the picture</source>
        <translation>abwesend, das Objekt ist nicht im Bild</translation>
    </message>
    <message>
        <source>changed by the last propagation</source>
        <translation>vom letzten Propagieren geändert</translation>
    </message>
    <message>
        <source>confidence {0} %</source>
        <translation>Sicherheit {0} %</translation>
    </message>
    <message>
        <source>it is far from all keyframes</source>
        <translation>er ist fern von allen Keyframes</translation>
    </message>
    <message>
        <source>keyframe, the mask is yours</source>
        <translation>Keyframe, die Maske ist deine</translation>
    </message>
    <message>
        <source>keyframes: {0}</source>
        <translation>Keyframes: {0}</translation>
    </message>
    <message>
        <source>locked in part: {0}</source>
        <translation>teilweise gesperrt: {0}</translation>
    </message>
    <message>
        <source>locked, it stays as it is</source>
        <translation>gesperrt, es bleibt, wie es ist</translation>
    </message>
    <message>
        <source>locked: {0}</source>
        <translation>gesperrt: {0}</translation>
    </message>
    <message>
        <source>not on disk</source>
        <translation>nicht auf der Platte</translation>
    </message>
    <message>
        <source>nothing yet: propagate</source>
        <translation>noch nichts: propagieren</translation>
    </message>
    <message>
        <source>nothing yet: {0}</source>
        <translation>noch nichts: {0}</translation>
    </message>
    <message>
        <source>object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>open, a keyframe near it changed: propagate</source>
        <translation>offen, ein Keyframe in der Nähe ist anders: propagieren</translation>
    </message>
    <message>
        <source>open: {0}</source>
        <translation>offen: {0}</translation>
    </message>
    <message>
        <source>stale, propagating again would change it</source>
        <translation>veraltet, neues Propagieren würde es ändern</translation>
    </message>
    <message>
        <source>stale: {0}</source>
        <translation>veraltet: {0}</translation>
    </message>
    <message>
        <source>the result is uncertain there</source>
        <translation>das Ergebnis ist dort unsicher</translation>
    </message>
    <message>
        <source>up to date</source>
        <translation>aktuell</translation>
    </message>
    <message>
        <source>up to date: {0}</source>
        <translation>aktuell: {0}</translation>
    </message>
    <message>
        <source>{name}, frame {frame}</source>
        <translation>{name}, Frame {frame}</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Frame {0}</source>
        <translation>Frame {0}</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Timeline</translation>
    </message>
</context>
<context>
    <name>ToolOptions</name>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Area in pixels below which a piece goes</source>
        <translation>Fläche in Pixeln, unter der ein Teil wegfällt</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Click the corners; Enter or a double click closes it</source>
        <translation>Die Ecken anklicken; Enter oder ein Doppelklick schließt es</translation>
    </message>
    <message>
        <source>Drag from corner to corner</source>
        <translation>Von Ecke zu Ecke ziehen</translation>
    </message>
    <message>
        <source>Draw around the object</source>
        <translation>Um das Objekt herum zeichnen</translation>
    </message>
    <message>
        <source>Draw around what is to stay as it is; right button or Alt unlocks</source>
        <translation>Umfahren, was bleiben soll, wie es ist; rechte Taste oder Alt entsperrt</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>Weiche Kante</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Fill holes up to</source>
        <translation>Löcher füllen bis</translation>
    </message>
    <message>
        <source>Fill the hole under the pointer</source>
        <translation>Das Loch unter dem Zeiger füllen</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>Wachsen</translation>
    </message>
    <message>
        <source>Hardness</source>
        <translation>Härte</translation>
    </message>
    <message>
        <source>Hardness of the brush</source>
        <translation>Härte des Pinsels</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>Umkehren</translation>
    </message>
    <message>
        <source>Keep largest piece</source>
        <translation>Nur das größte Teil</translation>
    </message>
    <message>
        <source>Largest area of a hole in pixels</source>
        <translation>Größte Fläche eines Lochs in Pixeln</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Lock region</source>
        <translation>Region sperren</translation>
    </message>
    <message>
        <source>Paint what is not the object</source>
        <translation>Malen, was nicht das Objekt ist</translation>
    </message>
    <message>
        <source>Paint; right button or Alt takes away</source>
        <translation>Malen; rechte Taste oder Alt nimmt weg</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Pressure changes</source>
        <translation>Druck ändert</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>Radius</translation>
    </message>
    <message>
        <source>Radius in pixels of the plate</source>
        <translation>Radius in Pixeln der Plate</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rechteck</translation>
    </message>
    <message>
        <source>Remove specks below</source>
        <translation>Flecken weg unter</translation>
    </message>
    <message>
        <source>Scribble inside and outside; the edge is found</source>
        <translation>Innen und außen kritzeln; die Kante wird gefunden</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>Schrumpfen</translation>
    </message>
    <message>
        <source>Size of what is rounded off in pixels</source>
        <translation>Größe dessen, was abgerundet wird, in Pixeln</translation>
    </message>
    <message>
        <source>Smart select</source>
        <translation>Smarte Auswahl</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>What the pressure of a pen changes</source>
        <translation>Was der Druck eines Stifts ändert</translation>
    </message>
    <message>
        <source>Whole mask</source>
        <translation>Ganze Maske</translation>
    </message>
    <message>
        <source>Width of the soft edge in pixels</source>
        <translation>Breite der weichen Kante in Pixeln</translation>
    </message>
    <message>
        <source>any size</source>
        <translation>jede Größe</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Frame</source>
        <translation>Frame</translation>
    </message>
    <message>
        <source>Frame: type a number, or +10 and -10, and press Enter</source>
        <translation>Frame: eine Nummer eingeben, oder +10 und -10, dann Enter</translation>
    </message>
    <message>
        <source>In</source>
        <translation>In</translation>
    </message>
    <message>
        <source>In point</source>
        <translation>In-Punkt</translation>
    </message>
    <message>
        <source>In point; empty: the first frame</source>
        <translation>In-Punkt; leer: der erste Frame</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>Nächster Frame</translation>
    </message>
    <message>
        <source>Next keyframe</source>
        <translation>Nächster Keyframe</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Out</translation>
    </message>
    <message>
        <source>Out point</source>
        <translation>Out-Punkt</translation>
    </message>
    <message>
        <source>Out point; empty: the last frame</source>
        <translation>Out-Punkt; leer: der letzte Frame</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play backward</source>
        <translation>Rückwärts abspielen</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>Voriger Frame</translation>
    </message>
    <message>
        <source>Previous keyframe</source>
        <translation>Voriger Keyframe</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>To the in point, then to the first frame</source>
        <translation>Zum In-Punkt, dann zum ersten Frame</translation>
    </message>
    <message>
        <source>To the out point, then to the last frame</source>
        <translation>Zum Out-Punkt, dann zum letzten Frame</translation>
    </message>
    <message>
        <source>Zoom; at 100 % pixels of plate and screen are the same</source>
        <translation>Zoom; bei 100 % sind Pixel der Plate und des Bildschirms gleich</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
    <message>
        <source>{0} fps</source>
        <translation>{0} fps</translation>
    </message>
    <message>
        <source>{0}, {1} dropped</source>
        <translation>{0}, {1} ausgelassen</translation>
    </message>
</context>
<context>
    <name>ViewOptions</name>
    <message>
        <source> stops</source>
        <translation> Blenden</translation>
    </message>
    <message>
        <source>Alpha: the matte</source>
        <translation>Alpha: die Matte</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Colour behind the cut-out</source>
        <translation>Farbe hinter dem Freisteller</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>Belichtung</translation>
    </message>
    <message>
        <source>Exposure 0, gamma 1, all channels, no wipe</source>
        <translation>Belichtung 0, Gamma 1, alle Kanäle, kein Wipe</translation>
    </message>
    <message>
        <source>Exposure in stops</source>
        <translation>Belichtung in Blendenstufen</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>Gamma</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>Matte</translation>
    </message>
    <message>
        <source>Onion skin</source>
        <translation>Onion Skin</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Opacity of the overlay</source>
        <translation>Deckkraft des Overlays</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>Outlines of neighbours</source>
        <translation>Umrisse der Nachbarn</translation>
    </message>
    <message>
        <source>Over a checkerboard</source>
        <translation>Über Schachbrett</translation>
    </message>
    <message>
        <source>Over a colour</source>
        <translation>Über einer Farbe</translation>
    </message>
    <message>
        <source>Over black</source>
        <translation>Über Schwarz</translation>
    </message>
    <message>
        <source>Over grey</source>
        <translation>Über Grau</translation>
    </message>
    <message>
        <source>Over white</source>
        <translation>Über Weiß</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>Overlay</translation>
    </message>
    <message>
        <source>Place of the wipe</source>
        <translation>Ort des Wipes</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Plate</translation>
    </message>
    <message>
        <source>Plate left of</source>
        <translation>Plate links von</translation>
    </message>
    <message>
        <source>RGB</source>
        <translation>RGB</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Rot</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>What the last edit of this frame changed.</source>
        <translation>Was der letzte Schritt an diesem Frame geändert hat.</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>Wipe</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>A folder with the frames of one image sequence.</source>
        <translation>Ein Ordner mit den Frames einer Bildsequenz.</translation>
    </message>
    <message>
        <source>Drop a clip, an image sequence folder or a .roto project</source>
        <translation>Clip, Sequenzordner oder .roto-Projekt hierher ziehen</translation>
    </message>
    <message>
        <source>Frames are read where they are; nothing is copied, and every edit is kept.</source>
        <translation>Frames werden gelesen, wo sie liegen; nichts wird kopiert, und jeder Schritt bleibt erhalten.</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>roto {version}. All keys: {way}</source>
        <translation>roto {version}. Alle Tasten: {way}</translation>
    </message>
    <message>
        <source>{0} (missing)</source>
        <translation>{0} (fehlt)</translation>
    </message>
</context>
<context>
    <name>Wiring</name>
    <message>
        <source>Going on where this clip was left.</source>
        <translation>Weiter, wo dieser Clip verlassen wurde.</translation>
    </message>
    <message>
        <source>The mattes are written: {where}</source>
        <translation>Die Mattes sind geschrieben: {where}</translation>
    </message>
    <message>
        <source>This project is being worked on elsewhere: you can look, not change.</source>
        <translation>An diesem Projekt wird anderswo gearbeitet: Du kannst schauen, nicht ändern.</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>All frames from {first} to {last} are found already.</source>
        <translation>Alle Frames von {first} bis {last} sind schon gefunden.</translation>
    </message>
    <message>
        <source>No frame from {first} to {last} is stale.</source>
        <translation>Kein Frame von {first} bis {last} ist veraltet.</translation>
    </message>
    <message>
        <source>The lifetime of {name} would end at {last}, before {first}: clear it first.</source>
        <translation>Die Lebensdauer von {name} würde bei {last} enden, vor {first}: erst aufheben.</translation>
    </message>
    <message>
        <source>There is no frame to check: propagate first.</source>
        <translation>Es gibt keinen Frame zu prüfen: Propagiere zuerst.</translation>
    </message>
    <message>
        <source>There is no keyframe of the active object at this frame.</source>
        <translation>An diesem Frame gibt es keinen Keyframe des aktiven Objekts.</translation>
    </message>
    <message>
        <source>There is no mask of {name} at this frame.</source>
        <translation>In diesem Frame gibt es keine Maske von {name}.</translation>
    </message>
    <message>
        <source>There is no mask of {name} there.</source>
        <translation>Dort gibt es keine Maske von {name}.</translation>
    </message>
    <message>
        <source>There is no mask yet: paint the object on one frame first.</source>
        <translation>Es gibt noch keine Maske: Male das Objekt zuerst auf einem Frame.</translation>
    </message>
    <message>
        <source>{name} was not found at this frame yet: propagate first.</source>
        <translation>{name} wurde in diesem Frame noch nicht gefunden: erst propagieren.</translation>
    </message>
</context>
</TS>
