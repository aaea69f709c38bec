create view identity.api_person_words as select id, login, name_zh, name_en, disabled from identity.person;
