from shop import cart, stock


def main():
    stock.refill("apple")
    cart.checkout(cart.Cart("x"))
    cart.pack("x")


if __name__ == "__main__":
    main()
