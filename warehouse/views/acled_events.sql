-- Columns and names as in the ACLED codebook of 2024 (acleddata.com); what the events do not know is NULL.
-- Who an actor is follows from the PLOVER sector. `role` is Protesters or Rioters for those who demonstrate, else empty.

CREATE OR REPLACE MACRO acled_with_country(words, nation) AS words || coalesce(' (' || nation || ')', '');

CREATE OR REPLACE MACRO acled_forces(forces, nation) AS coalesce(forces || ' of ' || nation, 'Unidentified ' || forces);

-- State forces that act in another country are External/Other forces there.
CREATE OR REPLACE MACRO acled_inter(sector, role, is_country, is_abroad) AS CASE
    WHEN role <> '' THEN role
    WHEN sector IN ('MIL', 'COP', 'GOV', 'SPY', 'JUD', 'LEG') OR sector = '' AND is_country
        THEN CASE WHEN is_abroad THEN 'External/Other forces' ELSE 'State forces' END
    WHEN sector IN ('REB', 'SEP', 'INS') THEN 'Rebel group'
    WHEN sector IN ('PRM', 'CRM', 'UAF') THEN 'Political militia'
    WHEN sector = 'IGO' THEN 'External/Other forces'
    WHEN sector <> '' THEN 'Civilians'
END;

-- Armed groups and organisations keep a name that is known (not a mere word such as gunmen); all others go by what they are.
CREATE OR REPLACE MACRO acled_actor(who, is_name, is_country, sector, role, nation) AS CASE
    WHEN role <> '' THEN acled_with_country(role, nation)
    WHEN sector = 'MIL' THEN acled_forces('Military Forces', nation)
    WHEN sector = 'COP' THEN acled_forces('Police Forces', nation)
    WHEN sector IN ('GOV', 'SPY', 'JUD', 'LEG') THEN coalesce('Government of ' || nation, 'Unidentified Government')
    WHEN sector IN ('REB', 'SEP', 'INS', 'PRM', 'CRM', 'UAF') THEN CASE
        WHEN is_name THEN who
        WHEN sector = 'CRM' THEN acled_with_country('Unidentified Gang', nation)
        ELSE acled_with_country('Unidentified Armed Group', nation)
    END
    WHEN sector NOT IN ('', 'IGO') THEN acled_with_country('Civilians', nation)
    WHEN is_country THEN 'Government of ' || nation
    WHEN is_name THEN who
END;

-- Groups that ACLED writes beside protesters and civilians.
CREATE OR REPLACE MACRO acled_group(sector, nation) AS CASE sector
    WHEN 'MED' THEN acled_with_country('Journalists', nation)
    WHEN 'HLH' THEN acled_with_country('Health Workers', nation)
    WHEN 'LAB' THEN acled_with_country('Labor Group', nation)
    WHEN 'AGR' THEN acled_with_country('Farmers', nation)
    WHEN 'REF' THEN acled_with_country('Refugees/IDPs', nation)
END;

CREATE OR REPLACE MACRO acled_associates(names, who, nation, own_country, sector) AS concat_ws('; ',
    acled_group(sector, nation),
    nullif(array_to_string(list_filter(names, lambda name: name NOT IN (coalesce(who, ''), coalesce(own_country, ''))), '; '), ''));

CREATE OR REPLACE MACRO acled_order(inter) AS list_position(
    ['State forces', 'Rebel group', 'Political militia', 'Identity militia', 'Rioters', 'Protesters', 'Civilians',
        'External/Other forces'], inter);

-- The lower of ACLED's codes comes first, but civilians come last; NULL where a second actor is of no known kind.
CREATE OR REPLACE MACRO acled_interaction(inter1, inter2, actor2) AS CASE
    WHEN inter1 IS NULL AND actor2 IS NULL THEN NULL
    WHEN actor2 IS NULL THEN inter1 || ' only'
    WHEN inter1 IS NULL OR inter2 IS NULL THEN NULL
    WHEN inter1 = 'Civilians' AND inter2 = 'External/Other forces' THEN inter2 || '-' || inter1
    WHEN inter2 = 'Civilians' AND inter1 = 'External/Other forces' THEN inter1 || '-' || inter2
    WHEN acled_order(inter1) <= acled_order(inter2) THEN inter1 || '-' || inter2
    ELSE inter2 || '-' || inter1
END;

-- A number or range in words: 3, 14 to 23.
CREATE OR REPLACE MACRO say_range(least_number, most_number) AS CASE
    WHEN least_number = most_number THEN format('{:,}', most_number)
    ELSE format('{:,} to {:,}', least_number, most_number)
END;

-- A toll in words, empty where no report gives one.
CREATE OR REPLACE MACRO say_toll(killed_min, killed_max, injured_min, injured_max, is_claim) AS CASE
    WHEN coalesce(killed_max, injured_max) IS NULL THEN ''
    ELSE say_range(coalesce(killed_min, injured_min), coalesce(killed_max, injured_max))
        || CASE WHEN coalesce(killed_max, injured_max) = 1 THEN ' person was ' ELSE ' people were ' END
        || CASE WHEN is_claim THEN 'claimed ' ELSE 'reported ' END
        || CASE
            WHEN killed_max IS NULL THEN 'injured'
            ELSE 'killed' || coalesce(' and ' || say_range(injured_min, injured_max) || ' injured', '')
        END
END;

-- A day in words, as far as it is known; `last_day` is ISO as well.
CREATE OR REPLACE MACRO say_when(event_day, first_day, last_day, source) AS CASE
    WHEN source = 'published' THEN 'Around ' || strftime(event_day, '%-d %B %Y')
    WHEN length(first_day) = 4 THEN 'In ' || first_day
    WHEN length(first_day) = 7 THEN 'In ' || strftime(event_day, '%B %Y')
    WHEN length(last_day) = 10 AND last_day > first_day
        THEN 'Between ' || strftime(event_day, '%-d %B %Y') || ' and ' || strftime(try_cast(last_day AS DATE), '%-d %B %Y')
    ELSE 'On ' || strftime(event_day, '%-d %B %Y')
END;

-- With what articles only recall as well.
CREATE OR REPLACE VIEW acled_events_all AS
WITH wordings(what, did, to_whom, noun, of_whom) AS (VALUES
    ('Armed clash', 'took part in an armed clash', 'with', 'an armed clash', 'with'),
    ('Attack', 'carried out an attack', 'on', 'an attack', 'on'),
    ('Abduction/forced disappearance', 'abducted', '', 'an abduction', 'of'),
    ('Sexual violence', 'committed sexual violence', 'against', 'sexual violence', 'against'),
    ('Remote explosive/landmine/IED', 'carried out an attack with explosives', 'on', 'an explosion', 'that struck'),
    ('Suicide bomb', 'carried out a suicide bombing', 'against', 'a suicide bombing', 'against'),
    ('Air/drone strike', 'carried out an air or drone strike', 'on', 'an air or drone strike', 'on'),
    ('Shelling/artillery/missile attack', 'carried out shelling or a missile attack', 'on', 'shelling or a missile attack', 'on'),
    ('Chemical weapon', 'used a chemical or other unconventional weapon', 'against', 'the use of a chemical or other unconventional weapon', 'against'),
    ('Peaceful protest', 'held a protest', 'with', 'a protest', 'with'),
    ('Excessive force against protesters', 'used force', 'against', 'the use of force', 'against'),
    ('Violent demonstration', 'rioted', 'against', 'a riot', 'against'),
    ('Mob violence', 'took part in mob violence', 'against', 'mob violence', 'against'),
    ('Agreement', 'made an agreement', 'with', 'an agreement', 'with'),
    ('Arrests', 'arrested', '', 'arrests', 'of'),
    ('Looting/property destruction', 'seized or destroyed property', 'of', 'the seizure or destruction of property', 'of'),
    ('Non-violent transfer of territory', 'withdrew', 'from a place of', 'a withdrawal', 'from a place of'),
    ('Change to group/activity', 'changed their forces', 'towards', 'a change of forces', 'of'),
    ('CONSULT', 'held talks', 'with', 'talks', 'with'),
    ('CONCEDE', 'made a concession', 'to', 'a concession', 'to'),
    ('RETREAT', 'withdrew or gave way', 'to', 'a retreat', 'before'),
    ('RETREAT/release', 'freed', '', 'the release', 'of'),
    ('RETREAT/return', 'gave something back', 'to', 'a return', 'to'),
    ('RETREAT/access', 'gave access', 'to', 'access given', 'to'),
    ('RETREAT/resign', 'stepped down', 'before', 'a resignation', 'before'),
    ('MOBILIZE', 'mobilised', 'against', 'a mobilisation', 'against'),
    ('COERCE', 'took measures', 'against', 'measures', 'against'),
    ('COERCE/deport', 'deported', '', 'the deportation', 'of')
), placed AS (
    SELECT
        e.*,
        c.iso_numeric,
        c.acled_region,
        coalesce(nullif(c.acled_name, ''), c.name, nullif(e.country, '')) AS in_country,
        coalesce(nullif(a.acled_name, ''), a.name, in_country) AS nation1,
        coalesce(nullif(r.acled_name, ''), r.name, in_country) AS nation2,
        coalesce(list_contains(e.actor_names, e.actor), false) AS is_name1,
        coalesce(list_contains(e.recipient_names, e.recipient), false) AS is_name2,
        coalesce(e.actor = a.name, false) AS is_country1,
        coalesce(e.recipient = r.name, false) AS is_country2,
        a.name AS name1,
        r.name AS name2,
        e.actor_country NOT IN ('', e.country) AND e.country <> '' AS is_abroad1,
        e.recipient_country NOT IN ('', e.country) AND e.country <> '' AS is_abroad2,
        CASE WHEN e.event_type <> 'PROTEST' THEN '' WHEN e.acled_type = 'Riots' THEN 'Rioters' ELSE 'Protesters' END AS role1,
        CASE WHEN e.acled_subtype = 'Excessive force against protesters' THEN 'Protesters' ELSE '' END AS role2,
        -- whom a protest is meant for takes no part in it
        e.event_type <> 'PROTEST' AS has_second,
        -- whoever attacked and is not known
        e.acled_type IN ('Battles', 'Violence against civilians', 'Explosions/Remote violence') AS is_attack,
        nullif(CASE
            WHEN e.place_precision = 'admin1' AND e.admin1_name <> '' THEN e.admin1_name
            ELSE replace(replace(strip_accents(e.place_name), chr(8217), chr(39)), chr(8216), chr(39))
        END, '') AS location
    FROM events AS e
    LEFT JOIN countries AS c ON c.iso3 = e.country
    LEFT JOIN countries AS a ON a.iso3 = e.actor_country AND e.actor_country <> ''
    LEFT JOIN countries AS r ON r.iso3 = e.recipient_country AND e.recipient_country <> ''
    WHERE e.acled_type <> ''
), called AS (
    SELECT
        *,
        acled_actor(actor, is_name1, is_country1, actor_sector, role1, nation1) AS known1,
        coalesce(known1, CASE WHEN is_attack THEN acled_with_country('Unidentified Armed Group', in_country) END) AS actor1,
        CASE
            WHEN known1 IS NOT NULL THEN acled_inter(actor_sector, role1, is_country1, is_abroad1)
            WHEN is_attack THEN 'Political militia'
        END AS inter1,
        CASE WHEN has_second THEN
            acled_actor(recipient, is_name2, is_country2, recipient_sector, role2, nation2)
        END AS known2,
        -- a force that moves its own soldiers is no second actor
        CASE WHEN is_attack OR role2 <> '' OR known2 <> coalesce(actor1, '') THEN known2 END AS actor2,
        CASE WHEN actor2 IS NOT NULL THEN acled_inter(recipient_sector, role2, is_country2, is_abroad2) END AS inter2
    FROM placed
)
SELECT
    e.event_id AS event_id_cnty,
    e.event_day AS event_date,
    year(e.event_day) AS year,
    CASE
        WHEN length(e.date_start) BETWEEN 1 AND 9 THEN 3
        WHEN e.date_source = 'published' THEN 2
        WHEN length(e.date_end) = 10 AND date_diff('day', e.event_day, try_cast(e.date_end AS DATE)) > 7 THEN 3
        WHEN e.date_end > e.date_start THEN 2
        ELSE 1
    END AS time_precision,
    CASE
        WHEN e.acled_type = 'Strategic developments' THEN 'Strategic developments'
        WHEN e.acled_subtype = 'Excessive force against protesters' THEN 'Political violence; Demonstrations'
        WHEN e.acled_type = 'Protests' OR e.acled_subtype = 'Violent demonstration' THEN 'Demonstrations'
        ELSE 'Political violence'
    END AS disorder_type,
    e.acled_type AS event_type,
    e.acled_subtype AS sub_event_type,
    e.actor1,
    acled_associates(e.actor_names, e.actor1, e.nation1, e.name1, e.actor_sector) AS assoc_actor_1,
    e.inter1,
    e.actor2,
    CASE WHEN e.actor2 IS NOT NULL
        THEN acled_associates(e.recipient_names, e.actor2, e.nation2, e.name2, e.recipient_sector)
        ELSE ''
    END AS assoc_actor_2,
    e.inter2,
    acled_interaction(e.inter1, e.inter2, e.actor2) AS interaction,
    CASE
        WHEN e.acled_subtype = 'Excessive force against protesters' THEN 'Civilian targeting'
        WHEN e.inter2 = 'Civilians' AND e.is_attack AND e.acled_type <> 'Battles' THEN 'Civilian targeting'
        ELSE ''
    END AS civilian_targeting,
    e.iso_numeric AS iso,
    e.acled_region AS region,
    e.in_country AS country,
    nullif(e.admin1_name, '') AS admin1,
    NULL::VARCHAR AS admin2,
    NULL::VARCHAR AS admin3,
    e.location,
    e.lat AS latitude,
    e.lon AS longitude,
    CASE e.place_precision WHEN 'point' THEN 1 WHEN 'city' THEN 1 WHEN 'admin2' THEN 2 WHEN '' THEN NULL ELSE 3 END
        AS geo_precision,
    array_to_string(e.outlet_names, '; ') AS source,
    NULL::VARCHAR AS source_scale,
    say_when(e.event_day, e.date_start, e.date_end, e.date_source) || ', ' || CASE
        WHEN e.actor1 IS NOT NULL THEN concat(e.actor1, ' ', coalesce(w.did, lower(e.acled_subtype)),
            CASE WHEN e.actor2 IS NULL AND w.to_whom = '' THEN ' people' END,
            coalesce(' ' || nullif(w.to_whom, ''), '') || ' ' || e.actor2)
        ELSE concat(coalesce(w.noun, lower(e.acled_subtype)), ' ' || w.of_whom || ' ' || e.actor2, ' took place')
    END
        || coalesce(' in ' || nullif(concat_ws(', ',
            e.location,
            CASE WHEN e.admin1_name NOT IN ('', coalesce(e.location, '')) THEN e.admin1_name END,
            CASE WHEN e.in_country <> coalesce(e.location, '') THEN e.in_country END), ''), '')
        || coalesce('; ' || nullif(say_toll(e.killed_min, e.killed_max, e.injured_min, e.injured_max, e.toll_claimed), ''), '')
        || '.' AS notes,
    e.killed_best AS fatalities,
    NULL::VARCHAR AS tags,
    e.last_seen_at AS "timestamp",
    e.killed_best IS NOT NULL AS fatalities_known,
    e.background
FROM called AS e
LEFT JOIN wordings AS w ON w.what = CASE
    WHEN e.acled_subtype <> 'Other' THEN e.acled_subtype
    WHEN e.event_type || '/' || e.mode IN ('RETREAT/release', 'RETREAT/return', 'RETREAT/access', 'RETREAT/resign', 'COERCE/deport')
        THEN e.event_type || '/' || e.mode
    ELSE e.event_type
END;
COMMENT ON VIEW acled_events_all IS 'As acled_events, and the events that are only recalled';
COMMENT ON COLUMN acled_events_all.event_id_cnty IS 'events.event_id';
COMMENT ON COLUMN acled_events_all.event_date IS 'events.event_day';
COMMENT ON COLUMN acled_events_all.year IS 'Of event_date';
COMMENT ON COLUMN acled_events_all.time_precision IS '1 the day is given, 2 some days or the day of publication, 3 known to the month, the year or weeks';
COMMENT ON COLUMN acled_events_all.disorder_type IS 'As ACLED groups its event types';
COMMENT ON COLUMN acled_events_all.event_type IS 'ACLED event type';
COMMENT ON COLUMN acled_events_all.sub_event_type IS 'ACLED sub-event type';
COMMENT ON COLUMN acled_events_all.actor1 IS 'Who did it, in ACLED''s style: Military Forces of Myanmar, Protesters (Kenya), Unidentified Armed Group (Mali); a named group has its own name';
COMMENT ON COLUMN acled_events_all.assoc_actor_1 IS 'Other actors that the mentions name, and groups such as Labor Group (Bangladesh)';
COMMENT ON COLUMN acled_events_all.inter1 IS 'Kind of actor1, from its PLOVER sector, as ACLED writes it since 2024; state forces abroad are External/Other forces';
COMMENT ON COLUMN acled_events_all.actor2 IS 'To whom it was done, as actor1; NULL for protests, which have one side here';
COMMENT ON COLUMN acled_events_all.assoc_actor_2 IS 'As assoc_actor_1';
COMMENT ON COLUMN acled_events_all.inter2 IS 'Kind of actor2';
COMMENT ON COLUMN acled_events_all.interaction IS 'inter1 and inter2 in ACLED''s order, or one of them only; NULL where the kind of an actor is not known';
COMMENT ON COLUMN acled_events_all.civilian_targeting IS 'Civilian targeting, where civilians or protesters were attacked';
COMMENT ON COLUMN acled_events_all.iso IS 'ISO 3166-1 number of the country, countries.iso_numeric';
COMMENT ON COLUMN acled_events_all.region IS 'ACLED''s region of the country, countries.acled_region';
COMMENT ON COLUMN acled_events_all.country IS 'Name of the country, as ACLED writes it';
COMMENT ON COLUMN acled_events_all.admin1 IS 'Name of the province or state, events.admin1_name';
COMMENT ON COLUMN acled_events_all.admin2 IS 'Not known here';
COMMENT ON COLUMN acled_events_all.admin3 IS 'Not known here';
COMMENT ON COLUMN acled_events_all.location IS 'events.place_name without accents; of a province or state its name in admin1';
COMMENT ON COLUMN acled_events_all.latitude IS 'WGS 84 degrees';
COMMENT ON COLUMN acled_events_all.longitude IS 'WGS 84 degrees';
COMMENT ON COLUMN acled_events_all.geo_precision IS '1 place, 2 district, 3 region or country';
COMMENT ON COLUMN acled_events_all.source IS 'The outlets, separated by ; and a blank';
COMMENT ON COLUMN acled_events_all.source_scale IS 'Not known here';
COMMENT ON COLUMN acled_events_all.notes IS 'One sentence made of the event''s fields; the news'' own words are in events.sentence';
COMMENT ON COLUMN acled_events_all.fatalities IS 'events.killed_best, where events.toll_claimed a claim of those who did it; NULL where no report gives a number, where ACLED writes 0';
COMMENT ON COLUMN acled_events_all.tags IS 'Not known here';
COMMENT ON COLUMN acled_events_all."timestamp" IS 'events.last_seen_at';
COMMENT ON COLUMN acled_events_all.fatalities_known IS 'Not a column of ACLED''s: whether any report gives the number killed';
COMMENT ON COLUMN acled_events_all.background IS 'events.background: true where articles only recall it';

-- The columns have the comments of those above.
CREATE OR REPLACE VIEW acled_events AS
SELECT * EXCLUDE (background) FROM acled_events_all WHERE NOT background;
COMMENT ON VIEW acled_events IS 'Events under ACLED''s column names, for those types that ACLED knows, without what articles only recall; machine-coded, not ACLED''s data';
