SELECT format('{} rejections have the unknown reason {}', count(*), reason)
FROM rejections
WHERE reason NOT IN (SELECT unnest($reasons))
GROUP BY reason;
