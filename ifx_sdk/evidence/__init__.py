"""What a fixing rests on: the posted report, a node's manifest of a window, its pages. Bytes that hold themselves."""
