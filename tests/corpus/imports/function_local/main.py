"""An import inside a function binds a name there, and runs the module."""


def train():
    from stages import fit  # imports: stages
    import report as r  # imports: report

    fit()  # calls: fit   runs: fit
    return r.write()  # calls: write   runs: write


train()  # calls: train   runs: train
