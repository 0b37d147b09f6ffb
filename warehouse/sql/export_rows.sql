SELECT * FROM "{table}"
WHERE ($first::DATE IS NULL OR ({day})::DATE >= $first::DATE) AND ($last::DATE IS NULL OR ({day})::DATE <= $last::DATE)
ORDER BY ALL
