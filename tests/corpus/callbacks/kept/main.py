"""What a library keeps runs when it is told to, not where it is handed over."""

import argparse
import atexit
import sched
import signal
import sys
import threading
from functools import partial


def number(text):
    return int(text)


def word(text):
    return text


def path(text):
    return text


def unused(text):
    return text


class Twice(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


def command(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--twice", action=Twice)  # calls: Twice.__call__ | ext argparse.ArgumentParser.add_argument   exact: no
    parser.add_argument("--number", type=number)  # calls: ext argparse.ArgumentParser.add_argument   exact: yes
    parser.add_argument("--text", type=str)  # calls: ext argparse.ArgumentParser.add_argument   exact: yes
    group = parser.add_argument_group("more")
    group.add_argument("--word", type=word)  # calls: ext argparse._ArgumentGroup.add_argument   exact: yes
    below = parser.add_subparsers().add_parser("sub")  # calls: ext argparse.ArgumentParser.add_subparsers | ext argparse._SubParsersAction.add_parser
    below.add_argument("--path", type=path)  # calls: ext argparse.ArgumentParser.add_argument
    return parser.parse_args(argv)  # calls: number | word | path | ext argparse.ArgumentParser.parse_args   exact: no   runs: number | path | word


def never_asked():
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=unused)  # calls: unused | ext argparse.ArgumentParser.add_argument   exact: no
    return parser


command(["--number", "1", "--text", "a", "--word", "b", "sub", "--path", "c"])  # calls: command   runs: command
never_asked()


def work():
    return 1


def stop(signum, frame):
    sys.exit()


thread = threading.Thread(target=work)  # calls: ext threading.Thread   exact: yes
other = threading.Thread(target=partial(word, "x"))  # calls: ext functools.partial | ext threading.Thread
thread.start()  # calls: work | ext threading.Thread.start
other.start()  # calls: word | ext threading.Thread.start
thread.join()
other.join()
signal.signal(signal.SIGTERM, stop)  # calls: stop | ext signal.signal   exact: no
atexit.register(work)  # calls: work | ext atexit.register   exact: no
plan = sched.scheduler()
plan.enter(0, 1, work)  # calls: ext sched.scheduler.enter
plan.run()  # calls: work | ext sched.scheduler.run   runs: work
sorted(["b"], key=word)  # calls: word   runs: word
