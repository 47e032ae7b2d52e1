"""The delays page: three networks learn to bridge a delay; compare their memory and their answers."""
