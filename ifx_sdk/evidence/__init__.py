"""What a fixing rests on: the posted report, a node's manifest of a window, and the pages; bytes that hold themselves."""
