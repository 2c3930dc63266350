using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Tests.Parties;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>People over the API.</summary>
public sealed class MemberApiTests : ManagementApiHost
{
    private const string Phone = "+8613900000002";

    [Fact]
    public async Task A_household_invites_a_member_who_accepts_gets_a_key_and_leaves()
    {
        await SendAsync(HttpMethod.Put, "offerings/family", Family);
        var household = await HouseholdAsync();
        Assert.Equal("household", (await SendAsync(HttpMethod.Get, $"customers/{household}"))["type"]);
        await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{household}}","offering":"family"}""", 201);
        var invited = await SendAsync(
            HttpMethod.Post,
            $"customers/{household}/invitations",
            $$"""{"phoneNumber":"{{Phone}}","name":"Ming","limits":[{"id":"cap","window":"month","measure":"quota","unit":"general-token","max":"1000000"}],"hours":[{"from":"07:00","until":"21:30"}]}""",
            201
        );
        Assert.Equal(("pending", "member", "1"), (invited["state"], invited["role"], invited["sent"]));
        Assert.Equal(invited["id"], (await SendAsync(HttpMethod.Get, $"invitations?phoneNumber={Phone}"))["items.0.id"]);
        Assert.Equal("rate_limit_exceeded", (await SendAsync(HttpMethod.Post, $"invitations/{invited["id"]}/code", status: 429))["code"]);

        var code = FakeOneTimePasswords.CodeOf(Phone);
        var accept = $"invitations/{invited["id"]}/accept";
        Assert.Equal("code", (await SendAsync(HttpMethod.Post, accept, """{"code":"1"}""", 400))["param"]);
        var member = await SendAsync(HttpMethod.Post, accept, $$"""{"code":"{{code}}"}""", 201);
        Assert.Equal(("Ming", "active", Phone), (member["name"], member["state"], member["phoneNumber"]));
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, accept, $$"""{"code":"{{code}}"}""", 409))["code"]);

        var key = await SendAsync(
            HttpMethod.Post,
            $"customers/{household}/keys",
            $$"""{"name":"phone","allotment":"{{member["allotment"]}}"}""",
            201
        );
        var of = await SendAsync(HttpMethod.Get, $"memberships?phoneNumber={Phone}");
        Assert.Equal((household, "household", "member"), (of["items.0.customer"], of["items.0.customerType"], of["items.0.role"]));
        var left = await SendAsync(HttpMethod.Delete, $"customers/{household}/members/{member["id"]}?by={member["id"]}");
        Assert.Equal(("closed", "left"), (left["state"], left["endReason"]));
        Assert.Equal("revoked", (await SendAsync(HttpMethod.Get, $"customers/{household}/keys"))["items.0.state"]);
        Assert.NotNull(key["key"]);
        Assert.Equal("closed", (await SendAsync(HttpMethod.Get, $"customers/{household}/members"))["items.1.state"]);
        Assert.Equal("accepted", (await SendAsync(HttpMethod.Get, $"customers/{household}/invitations"))["items.0.state"]);
    }

    [Fact]
    public async Task A_member_asks_in_its_own_name_and_is_held_against_the_table()
    {
        var company = (
            await SendAsync(
                HttpMethod.Post,
                "customers",
                """{"phoneNumber":"+8613900000001","name":"Wang & Co","type":"organization"}""",
                201
            )
        )["id"]!;
        var member = await JoinAsync(company, Phone);
        var other = await JoinAsync(company, "+8613900000003");

        var not = await SendAsync(HttpMethod.Delete, $"customers/{company}/members/{other}?by={member}", status: 403);
        Assert.Equal(("permission_denied", "by"), (not["code"], not["param"]));
        await SendAsync(HttpMethod.Put, $"customers/{company}/members/{member}/role", """{"role":"administrator"}""");
        Assert.Equal("closed", (await SendAsync(HttpMethod.Delete, $"customers/{company}/members/{other}?by={member}"))["state"]);
        var rights = await SendAsync(HttpMethod.Get, "member-rights");
        Assert.Equal(("individual", "owner", "all"), (rights["items.0.type"], rights["items.0.role"], rights["items.0.reach"]));
    }

    [Theory]
    [InlineData("PUT", "customers/{c}/members/{m}/role", "{}", 400, "role")]
    [InlineData("PUT", "customers/{c}/members/{m}/role", """{"role":"owner"}""", 400, "role")]
    [InlineData("PUT", "customers/{c}/members/{m}/role?by=me", """{"role":"member"}""", 400, "by")]
    [InlineData("PUT", "customers/{c}/members/mbr_1/role", """{"role":"member"}""", 404, null)]
    [InlineData("DELETE", "customers/{c}/members/{m}", null, 409, null)]
    [InlineData("POST", "customers/{c}/invitations", """{"phoneNumber":"110"}""", 400, "phoneNumber")]
    [InlineData("POST", "customers/{c}/invitations", """{"phoneNumber":"+8613900000002","limits":[{"id":"x"}]}""", 400, "limits[0]")]
    [InlineData(
        "POST",
        "customers/{c}/invitations",
        """{"phoneNumber":"+8613900000002","hours":[{"from":"7","until":"9:00"}]}""",
        400,
        "hours[0].from"
    )]
    [InlineData("POST", "customers/{c}/invitations", """{"phoneNumber":"+8613900000002"}""", 403, null)]
    [InlineData("POST", "invitations/inv_1/accept", """{"code":"1"}""", 404, null)]
    [InlineData("POST", "invitations/none/code", null, 404, null)]
    [InlineData("GET", "invitations", null, 400, "phoneNumber")]
    [InlineData("GET", "memberships", null, 400, "phoneNumber")]
    public async Task Bad_input_is_refused_by_its_field(string method, string path, string? body, int status, string? param)
    {
        var household = await HouseholdAsync();
        var owner = (await SendAsync(HttpMethod.Get, $"customers/{household}/members"))["items.0.id"];
        var at = path.Replace("{c}", household, StringComparison.Ordinal).Replace("{m}", owner, StringComparison.Ordinal);

        Assert.Equal(param, (await SendAsync(new HttpMethod(method), at, body, status))["param"]);

        Assert.Empty(app.Services.GetRequiredService<FakeOneTimePasswords>().Sent);
    }

    private const string Family =
        """{"name":"Family","kind":"plan","price":{"amount":"49.9","currency":"CNY"},"months":1,"membersMax":5,"grants":[{"unit":"general-token","amount":"80000000"}],"renewal":{"automatic":true}}""";

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

    private async Task<string> HouseholdAsync() =>
        (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000001","name":"Wang","type":"household"}""", 201))[
            "id"
        ]!;
}
