"""The commands, one file per noun. Data go to standard output, words to standard error.

Exit codes: 0 done, 1 something is wrong with what was given, 2 the command was not understood.
"""
