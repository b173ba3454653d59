"""The set, the actors and the camera of the sample clip; see ``make_sample_clip.py``.

World units are metres: X to the right, Y up from the ground, Z away from the camera.
Colours are linear light, RGB, with 1.0 about as bright as white paper in the sun.
Everything is drawn by rule from seeded noise, so that the clip is nobody's photograph.
"""
