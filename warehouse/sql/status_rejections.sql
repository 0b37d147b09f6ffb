SELECT stage, reason, count(*) AS rejections, max(rejected_at) FROM rejections
GROUP BY stage, reason
ORDER BY rejections DESC, stage, reason;
