"""What is done beyond the week's own files: telling a breach to a program or a server that the owner named."""
