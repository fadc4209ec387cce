"""The judgement of whole dossiers: one case, one project, one flow version, apart from single rows.

Pure, like the judgement of rows. Rows come one by one, so a dossier is judged when it has been
quiet for a while, and again when a row of it changes or a day comes on which time decides.
"""
