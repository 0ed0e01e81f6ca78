"""What the tags of the library `ui` do, by noun; templatetags/ui.py is their door and their handbook."""
