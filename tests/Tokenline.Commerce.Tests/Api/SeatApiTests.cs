using Tokenline.Commerce.Tests.Parties;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Teams and pools over the API.</summary>
public sealed class SeatApiTests : ManagementApiHost
{
    private const string Team =
        """{"name":"T","kind":"plan","price":{"amount":"30","currency":"CNY"},"months":1,"seats":{"min":2,"max":50},"grants":[{"unit":"general-token","amount":"10000000","type":"Pool"}],"renewal":{"automatic":true}}""";

    [Fact]
    public async Task A_team_buys_seats_gives_them_and_has_more_and_fewer()
    {
        await SendAsync(HttpMethod.Put, "offerings/team", Team);
        var company = await CompanyAsync();
        Assert.Equal("seats", (await OrderAsync(company, "team", "", 400))["param"]);
        var order = await OrderAsync(company, "team", ""","seats":3""", 201);
        Assert.Equal(("3", "90"), (order["seats"], order["price.amount"]));
        var id = order["product"];
        var member = await JoinAsync(company, "+8613900000002");
        var seat = $"subscriptions/{id}/seats/{member}";

        Assert.Equal(member, (await SendAsync(HttpMethod.Put, seat))["seats.assigned.0"]);
        Assert.Equal("permission_denied", (await SendAsync(HttpMethod.Delete, $"{seat}?by={member}", status: 403))["code"]);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Put, $"subscriptions/{id}/seats/none", status: 404))["code"]);

        var price = await SendAsync(HttpMethod.Get, $"subscriptions/{id}/seat-price?seats=5");
        Assert.Equal(("60", "150"), (price["amount.amount"], price["nextPrice.amount"]));
        var shown = """{"seats":5,"expectedPrice":{"amount":"59","currency":"CNY"}}""";
        Assert.Equal("price_changed", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/seats", shown, 409))["code"]);
        var more = await SendAsync(HttpMethod.Post, $"subscriptions/{id}/seats", """{"seats":5}""");
        Assert.Equal(("5", "150"), (more["seats.count"], more["price.amount"]));
        Assert.Equal("2", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/seats", """{"seats":2}"""))["seats.next"]);
        var payments = await SendAsync(HttpMethod.Get, $"subscriptions/{id}/payments");
        Assert.Equal(("seats", "60", "paid"), (payments["items.1.kind"], payments["items.1.amount.amount"], payments["items.1.state"]));

        var second = await OrderAsync(company, "plan-light", $$""","endsWith":"{{id}}" """, 201);
        Assert.Equal((id, "9.9"), (second["endsWith"], second["price.amount"]));
        var products = await SendAsync(HttpMethod.Get, $"customers/{company}/products");
        Assert.Equal(products["items.1.expiresAt"], products["items.0.expiresAt"]);
    }

    [Fact]
    public async Task An_enterprise_splits_its_pool_and_moves_a_part()
    {
        var company = await CompanyAsync();
        var order = await OrderAsync(company, "enterprise-pool", "", 201);
        var shown = await SendAsync(HttpMethod.Get, $"subscriptions/{order["product"]}");
        Assert.Equal(("0", "12", "110000"), (shown["term.number"], shown["term.periods"], shown["term.committed.amount"]));
        var (sales, lab) = (await NodeAsync(company, "Sales"), await NodeAsync(company, "Lab"));
        var shares = $"subscriptions/{order["product"]}/shares";

        var early = await SendAsync(HttpMethod.Put, $"{shares}/{lab}", """{"most":"8000000000","least":"4000000000"}""", 409);
        Assert.Equal("conflict", early["code"]);
        await SendAsync(HttpMethod.Put, $"{shares}/{sales}", """{"most":"8000000000"}""");
        var split = await SendAsync(HttpMethod.Put, $"{shares}/{lab}", """{"most":"8000000000","least":"4000000000"}""");
        Assert.Equal(
            ("general-token", "12000000000", "4000000000", "4000000000", "True"),
            (split["unit"], split["pool"], split["items.1.least"], split["items.1.left"], split["items.1.kept"])
        );
        var transfers = $"subscriptions/{order["product"]}/share-transfers";
        var move = $$"""{"from":"{{sales}}","to":"{{lab}}","amount":"1000000000"}""";
        var moved = await SendAsync(HttpMethod.Post, transfers, move, key: "m-1");
        Assert.Equal(("7000000000", "9000000000"), (moved["items.0.most"], moved["items.1.most"]));
        moved = await SendAsync(HttpMethod.Post, transfers, move, key: "m-1");
        Assert.Equal(("7000000000", "9000000000"), (moved["items.0.most"], moved["items.1.most"]));

        var third = await NodeAsync(company, "Third");
        Assert.Equal("False", (await SendAsync(HttpMethod.Get, shares))["items.1.kept"]);
        Assert.Equal(
            "to",
            (await SendAsync(HttpMethod.Post, transfers, $$"""{"from":"{{sales}}","to":"{{third}}","amount":"1"}""", 400))["param"]
        );
        Assert.Equal(
            "amount",
            (await SendAsync(HttpMethod.Post, transfers, $$"""{"from":"{{sales}}","to":"{{lab}}","amount":"0"}""", 400))["param"]
        );
        Assert.Equal(
            "allotment",
            (await SendAsync(HttpMethod.Put, $"{shares}/{AllotmentId.Parse(sales) with { Value = 7 }}", "{}", 400))["param"]
        );
        Assert.Equal("least", (await SendAsync(HttpMethod.Put, $"{shares}/{lab}", """{"most":"1","least":"2"}""", 400))["param"]);
    }

    [Fact]
    public async Task Plans_for_organizations_are_not_for_a_person_and_one_without_a_pool_is_not_split()
    {
        var person = (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000007","name":"Li Lei"}""", 201))["id"]!;
        foreach (var offering in new[] { "team-standard", "enterprise-pool", "plan-family" })
            Assert.Equal("not_eligible", (await OrderAsync(person, offering, "", 403))["code"]);
        var light = (await OrderAsync(person, "plan-light", "", 201))["product"];
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Get, $"subscriptions/{light}/shares", status: 409))["code"]);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"subscriptions/{light}/seats", """{"seats":2}""", 409))["code"]);
        Assert.Equal("seats", (await SendAsync(HttpMethod.Post, $"subscriptions/{light}/seats", "{}", 400))["param"]);
        Assert.Equal("seats", (await SendAsync(HttpMethod.Get, $"subscriptions/{light}/seat-price?seats=x", status: 400))["param"]);
        Assert.Equal("endsWith", (await OrderAsync(person, "plan-light", ""","endsWith":"me" """, 400))["param"]);
    }

    private async Task<string> CompanyAsync() =>
        (
            await SendAsync(
                HttpMethod.Post,
                "customers",
                """{"phoneNumber":"+8613900000001","name":"Wang & Co","type":"organization"}""",
                201
            )
        )["id"]!;

    private Task<Answer> OrderAsync(string customer, string offering, string more, int status) =>
        SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer}}","offering":"{{offering}}"{{more}}}""", status);

    private async Task<string> NodeAsync(string customer, string name) =>
        (await SendAsync(HttpMethod.Post, $"customers/{customer}/allotments", $$"""{"name":"{{name}}","type":"department"}""", 201))["id"]!;

    private async Task<string> JoinAsync(string customer, string phone)
    {
        var invited = await SendAsync(HttpMethod.Post, $"customers/{customer}/invitations", $$"""{"phoneNumber":"{{phone}}"}""", 201);
        return (
            await SendAsync(
                HttpMethod.Post,
                $"invitations/{invited["id"]}/accept",
                $$"""{"code":"{{FakeOneTimePasswords.CodeOf(phone)}}"}""",
                201
            )
        )["id"]!;
    }
}
