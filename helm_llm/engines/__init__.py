"""What each vLLM release accepts on its command line and reads from its environment. Standard library only."""
