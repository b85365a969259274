def work(
