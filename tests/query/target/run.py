def main():
    import shop.deep.start

    return shop.deep.start


if __name__ == "__main__":
    main()
