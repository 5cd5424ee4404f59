PRICES = {"tea": 12, "coffee": 15}
