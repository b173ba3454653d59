"""Every error that roto raises on purpose.

Each class also derives from the builtin a Python programmer would expect, so
``except FileNotFoundError`` works as well as ``except roto.RotoError``::

    RotoError
    ├── MediaError
    │   ├── ClipNotFoundError    (FileNotFoundError)  nothing matches the path
    │   ├── DecodeError          (OSError)            found, but it cannot be read as pictures
    │   ├── FrameNotFoundError   (KeyError)           no such frame, or its file is missing
    │   └── FrameSizeError       (ValueError)         a frame of another size than the first
    ├── MaskError                (ValueError)         pixels that are not a mask
    │   ├── MaskNotFoundError    (FileNotFoundError)
    │   └── MaskSizeError        (ValueError)         a mask of another size than the plate
    ├── KeyframeError            (ValueError)         masks that contradict the clip or each other
    ├── SettingsError            (ValueError)         an option out of its range
    ├── WeightsError             (ValueError)         weights that do not fit or are not safe
    │   └── WeightsNotFoundError (FileNotFoundError)
    ├── MemoryLimitError         (MemoryError)        a run that cannot be made small enough
    ├── DeviceError              (RuntimeError)       no such device, or it cannot do what was asked
    ├── ProjectError             (OSError)            a project file that cannot be read or written
    │   ├── ProjectNotFoundError (FileNotFoundError)
    │   ├── ProjectExistsError   (FileExistsError)    nothing is ever overwritten by a project
    │   ├── ProjectLockedError   (BlockingIOError)    another process is editing it
    │   ├── ProjectReadOnlyError (PermissionError)    an edit of a project opened read-only
    │   ├── ProjectVersionError  (ValueError)         made by a newer roto
    │   ├── ProjectDamagedError  (ValueError)         damaged, or no project at all
    │   └── ProjectEditError     (ValueError)         an edit that a project cannot hold
    ├── PackageError             (ValueError)         no package of mattes, or not a safe one
    │   └── PackageNotFoundError (FileNotFoundError)
    ├── HostError                (RuntimeError)       an editor or compositor is not here, or cannot
    └── ExportError              (OSError)            nothing can be written there

A message is one sentence: what is wrong, where, and what to do about it.
"""

from __future__ import annotations


class RotoError(Exception):
    """Base of all errors that roto raises on purpose; its text is fit for an artist's eyes."""

    def __str__(self) -> str:
        # OSError and KeyError would add an errno or quotes to the sentence we wrote.
        return str(self.args[0]) if self.args else type(self).__name__


class MediaError(RotoError):
    """Something about the pictures that come in."""


class ClipNotFoundError(MediaError, FileNotFoundError):
    """Nothing on disk matches the path or pattern of a clip."""


class DecodeError(MediaError, OSError):
    """The file is there but cannot be read as pictures, wholly or from some frame on."""


class FrameNotFoundError(MediaError, KeyError):
    """The clip has no frame of that number, or its file is missing."""


class FrameSizeError(MediaError, ValueError):
    """A frame has another size than the clip."""


class MaskError(RotoError, ValueError):
    """Pixels that cannot be understood as a mask."""


class MaskNotFoundError(MaskError, FileNotFoundError):
    """There is no mask file at the path."""


class MaskSizeError(MaskError):
    """A mask has another size than the plate. Masks are never resized silently."""


class KeyframeError(RotoError, ValueError):
    """Keyframes that contradict the clip or each other."""


class SettingsError(RotoError, ValueError):
    """An option is out of its range."""


class WeightsError(RotoError, ValueError):
    """A weight file that is damaged, of an unknown network, or not safe to read."""


class WeightsNotFoundError(WeightsError, FileNotFoundError):
    """There are no weights at the path or under the name."""


class MemoryLimitError(RotoError, MemoryError):
    """Even the smallest run takes more memory than there is; told before it begins."""


class DeviceError(RotoError, RuntimeError):
    """The computing device is absent or cannot do what was asked."""


class ProjectError(RotoError, OSError):
    """A project file that cannot be read or written: full disk, no permission, closed."""


class ProjectNotFoundError(ProjectError, FileNotFoundError):
    """There is no project at the path."""


class ProjectExistsError(ProjectError, FileExistsError):
    """There is a file already where a project would be written."""


class ProjectLockedError(ProjectError, BlockingIOError):
    """Another process, or another part of this one, is editing the project."""


class ProjectReadOnlyError(ProjectError, PermissionError):
    """The project was opened for reading only, so it cannot be edited."""


class ProjectVersionError(ProjectError, ValueError):
    """The project was made by a newer roto."""


class ProjectDamagedError(ProjectError, ValueError):
    """The file is damaged, or it is no project at all."""


class ProjectEditError(ProjectError, ValueError):
    """An edit that a project cannot hold, such as a mask of an object that is not there."""


class PackageError(RotoError, ValueError):
    """A package of mattes that is damaged, not safe to read, or of a newer roto."""


class PackageNotFoundError(PackageError, FileNotFoundError):
    """There is no package at the path."""


class HostError(RotoError, RuntimeError):
    """An editor or compositor that is not here, cannot do what was asked, or failed."""


class ExportError(RotoError, OSError):
    """A file cannot be written: unwritable folder, full disk, name that is taken."""
