package web

// routes returns every route there is, and who may ask. The desk asks again: a
// line here that is too generous shows an error page, never a case.
func (s *Server) routes() []route {
	all := []route{
		// Anybody
		{pattern: "GET /login", need: anyone, serve: s.loginPage},
		{pattern: "POST /login", need: anyone, serve: s.login, again: s.loginPage, repeats: true},
		{pattern: "GET /login/second", need: anyone, serve: s.secondPage},
		{pattern: "POST /login/second", need: anyone, serve: s.second, again: s.secondPage, repeats: true},
		{pattern: "POST /lang", need: anyone, serve: s.chooseLang, again: s.home, repeats: true},
		{pattern: "GET /help", need: anyone, serve: s.help},
		{pattern: "GET /asset/{hash}/{name}", need: unasked, serve: s.asset},
		{pattern: "GET /favicon.ico", need: unasked, serve: s.noIcon},
		{pattern: "/", need: anyone, serve: s.none},

		// Coming and going
		{pattern: "POST /lock", need: member, serve: s.lockAll, again: s.home, repeats: true},
		{pattern: "POST /logout", need: member, serve: s.logout, again: s.home, repeats: true},
		{pattern: "GET /kept", need: member, serve: s.kept},
		{pattern: "POST /kept/drop", need: member, serve: s.dropKept, again: s.kept},

		// What needs me, and finding things
		{pattern: "GET /{$}", need: member, serve: s.today},
		{pattern: "GET /search", need: reading, serve: s.searchPage},
		{pattern: "POST /search", need: reading, serve: s.search, again: s.searchPage, repeats: true},

		// What is being typed
		{pattern: "POST /words", need: reading, serve: s.words, again: s.home, repeats: true},

		// Cases
		{pattern: "GET /cases", need: reading, serve: s.cases},
		{pattern: "GET /releases", need: reading, serve: s.releases},
		{pattern: "GET /cases/new", need: casework, serve: s.newCase},
		{pattern: "POST /cases", need: casework, serve: s.openCase, again: s.newCase},

		// Places and units, which the whole office shares
		{pattern: "GET /places", need: reading, serve: s.places},
		{pattern: "GET /places/new", need: recorder, serve: s.newPlace},
		{pattern: "POST /places", need: recorder, serve: s.addPlace, again: s.newPlace},
		{pattern: "GET /units/new", need: recorder, serve: s.newUnit},
		{pattern: "POST /units", need: recorder, serve: s.addUnit, again: s.newUnit},
		{pattern: "GET /place/{ref}", need: reading, serve: s.place},
	}
	all = append(all, s.colleagueRoutes()...)
	all = append(all, s.memberRoutes()...)
	all = append(all, s.consentRoutes()...)
	all = append(append(all, s.comingRoutes()...), s.paperRoutes()...)
	all = append(all, s.meRoutes()...)
	all = append(append(all, s.eraseRoutes()...), s.intakeRoutes()...)
	all = append(append(append(all, s.exhibitRoutes()...), s.pieceRoutes()...), s.derivedRoutes()...)
	all = append(all, s.handoverRoutes()...)
	all = append(append(all, s.appealRoutes()...), s.countRoutes()...)
	return append(all, s.caseRoutes()...)
}
