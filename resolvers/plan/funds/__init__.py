"""Would this spend fit? Few questions for many lines: lines are asked about together.

lines      what is asked
place      each line in its cell, window and currency, or a coded error naming the line
questions  what the engine is asked: budgets upwards, everything below a node
nodes      which cells of the lines' paths upwards have a budget; the nearest one is the control node
figures    budget and consumption of the control nodes
reading    the questions of one group of lines, and what the lines' requisitions already hold
check      all groups, and the lines of each node weighed in order         semantics/funds.py
answer     what comes of it
consumers  the documents that consume most of a node's budget
missing    whom it concerns that a stage could not be read
"""
