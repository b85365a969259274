def same():
    return 2
