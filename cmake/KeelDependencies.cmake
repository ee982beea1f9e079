# What the rooms need. Nothing is fetched while configuring; ./dev doctor says how to get a
# missing package.
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
