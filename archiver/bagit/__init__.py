"""BagIt (RFC 8493): checking any bag, and the pure writers of a bag's own text files.

Who checks shares no code with who builds: :mod:`archiver.bagit.reading` imports nothing of
:mod:`archiver.bagit.writing`, nor the other way round.
"""
