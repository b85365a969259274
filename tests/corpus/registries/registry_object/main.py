"""A registry that is an instance: its method is the decorator."""


class App:
    def __init__(self):
        self.routes = {}
        self.before = []

    def route(self, path):
        def decorate(function):
            self.routes[path] = function
            return function

        return decorate

    def on_start(self, function):
        self.before.append(function)
        return function

    def serve(self, path):
        for function in self.before:
            function()  # calls: warm_up   runs: warm_up
        return self.routes[path]()  # calls: about | index   runs: about | index


app = App()


@app.route("/")  # calls: App.route | App.route.<locals>.decorate   runs: App.route | App.route.<locals>.decorate
def index():
    return 1


@app.route("/about")
def about():
    return 2


@app.on_start  # calls: App.on_start   runs: App.on_start
def warm_up():
    return 3


def admin():
    return 4


for path in ("/", "/about"):
    app.serve(path)  # calls: App.serve   runs: App.serve
