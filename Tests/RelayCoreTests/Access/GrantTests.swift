import RelayCore
import Testing

@Suite("Grants")
struct GrantTests {
    private func principal(_ texts: String...) throws -> Principal {
        Principal(name: "p", grants: try texts.map { try #require(Grant($0)) })
    }

    @Test("whatever no grant names is denied")
    func denied() throws {
        let nobody = try principal()
        for verb in Grant.Verb.allCases { #expect(!nobody.may(verb, in: "default")) }
        let caller = try principal("submit:mail/*")
        #expect(caller.maySubmit(NewJob(worker: "Send", queue: "mail"), to: "default"))
        #expect(!caller.maySubmit(NewJob(worker: "Send", queue: "mails"), to: "default"))
        #expect(!caller.maySubmit(NewJob(worker: "Send", queue: "mail"), to: "other"))
        #expect(!caller.may(.await, in: "default"))
        #expect(!caller.mayWork(on: "mail", of: "default"))
    }

    @Test("a name that ends in * stands for all that begin so")
    func prefixes() throws {
        let caller = try principal("submit@eu-*:mail.*/Send*")
        #expect(caller.maySubmit(NewJob(worker: "SendAll", queue: "mail.a"), to: "eu-1"))
        #expect(!caller.maySubmit(NewJob(worker: "Drop", queue: "mail.a"), to: "eu-1"))
        #expect(caller.knows("eu-2"))
        #expect(!caller.knows("us-1"))
    }

    @Test("grants add up")
    func sum() throws {
        let both = try principal("submit:a", "submit:b", "work:c", "all@lab")
        #expect(both.maySubmit(NewJob(worker: "W", queue: "b"), to: "default"))
        #expect(both.mayWork(on: "c", of: "default"))
        #expect(both.may(.admin, in: "lab"))
        #expect(!both.may(.admin, in: "default"))
    }

    @Test(
        "what is no grant is refused",
        arguments: [
            "", "fly", "submit@", "submit:", "submit:a/", "submit:*a", "await:a", "cancel:a/b",
            "work:a/W", "all:a", "submit@*x",
        ]
    )
    func malformed(text: String) {
        #expect(Grant(text) == nil)
    }
}
