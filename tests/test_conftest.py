from playhouse.db_url import connect


def test_the_database_is_empty_and_works(database_url: str):
    database = connect(database_url)
    assert database.get_tables() == []
    database.execute_sql("create table t (a int)")
    assert database.get_tables() == ["t"]
    database.close()
