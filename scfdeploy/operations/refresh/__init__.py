"""`--refresh changed`: which functions a plan need not read, and the notes of an apply that tell.

A function is not read if its note (`workspace/refresh_notes.py`), the files and the list of the cloud agree in every
respect. Otherwise it is read in full, like one without a note.
"""
