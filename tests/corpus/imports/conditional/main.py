"""Either branch of a guarded import may hold; a missing third-party module is external."""

try:
    from fast_solver_that_nobody_has import solve
except ImportError:
    from slow import solve  # imports: slow

solve()  # calls: solve | ext fast_solver_that_nobody_has.solve   runs: solve
