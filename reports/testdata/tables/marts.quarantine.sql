from (values
	('history/account_followers.csv', 17, 'followers: "many" is not a count', 'twitter,=1+1,"<script>alert(1)</script>",' || chr(8238) || 'evil,many')
) t(document, line, reason, text)
