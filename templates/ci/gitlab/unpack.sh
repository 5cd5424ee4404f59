mkdir -- "$work/project"
tar --extract --preserve-permissions --file "$CI_PROJECT_DIR/.scfdeploy/ci/package.tar" --directory "$work/project"
cd -- "$work/project"
