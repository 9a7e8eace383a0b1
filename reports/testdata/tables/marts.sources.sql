from (values
	('https://example.org/sina', 'Results of the fourth quarter', 'A', null, null, 40),
	('https://example.org/list', null, 'B', 'MIT', 'cut off', 12),
	('javascript:alert(document.cookie)', '<img src=x onerror=alert(1)>', null, null, null, 1)
) t(source_url, title, trust, licence, note, figures)
