using System.Net;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed class PeopleTests(PortalServer server)
{
    [Fact]
    public async Task A_team_is_founded_somebody_is_invited_joins_with_the_code_and_meets_the_cap()
    {
        var founder = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(founder);
        Assert.Equal(302, (await visit.PostAsync("/people", "found", ("form.Name", "Team One"), ("form.Kind", "organization"))).Status);
        var team = (await server.Get<Members>().OfAsync(founder.PhoneNumber, PortalServer.Cancel))
            .Single(of => of.Customer.Name == "Team One")
            .Customer;
        await server.GrantAsync(team.Account, 10_000_000);

        var number = server.NewPhoneNumber();
        var invited = await visit.PostAsync(
            "/people",
            "invite",
            ("form.Phone", number),
            ("form.Name", "Mia"),
            ("form.Role", "member"),
            ("form.Limits.Cap", "0.000001"),
            ("form.Limits.Models", PortalServer.Model)
        );
        Assert.Equal(302, invited.Status);
        Assert.Contains(number, (await visit.GetAsync("/people")).Body, StringComparison.Ordinal);

        // The invited is somebody of their own first; the invitation waits for them.
        var mia = (await server.Get<Customers>().CreateAsync(number, "Mia", PortalServer.Cancel)).Required();
        using var theirs = await server.SignedInAsync(mia);
        var page = await theirs.GetAsync("/people");
        Assert.Contains("Team One invites you", page.Body, StringComparison.Ordinal);
        var form = System.Text.RegularExpressions.Regex.Match(page.Body, "value=\"(accept-inv_\\w+)\"").Groups[1].Value;
        Assert.Equal(200, (await theirs.PostAsync("/people", form, ("code", "1"))).Status);
        Assert.Equal(302, (await theirs.PostAsync("/people", form, ("code", await server.CodeAsync(number)))).Status);
        Assert.Contains("Team One", (await theirs.GetAsync("/home")).Body, StringComparison.Ordinal);

        var made = await theirs.PostAsync("/keys", "make", ("form.Name", "mia"), ("form.Expires", "0"));
        var key = System.Text.RegularExpressions.Regex.Match(made.Body, "tl-[A-Za-z0-9_-]{43}").Value;
        Assert.Equal(HttpStatusCode.PaymentRequired, await StatusAsync(key, PortalServer.Model));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(key, "glm-5"));

        // With more room it goes.
        var member = (await server.Get<Members>().ListAsync(team.Id, PortalServer.Cancel)).Single(member =>
            member.Individual.PhoneNumber == number
        );
        var prefix = $"limits-{member.Membership.Id}";
        Assert.Equal(
            302,
            (await visit.PostAsync("/people", prefix, ($"{prefix}.Cap", "5"), ($"{prefix}.Models", PortalServer.Model))).Status
        );
        await server.CallAsync(key);
        var seen = await visit.GetAsync("/people");
        Assert.Contains("of ¥5.00", seen.Body, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(seen.Body, "1 call, ")); // the member's, and nobody else's

        Assert.Equal(302, (await visit.PostAsync("/people", $"remove-{member.Membership.Id}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(key, PortalServer.Model));
    }

    [Theory]
    [InlineData("x", "", "", "A phone number is")]
    [InlineData("+8613900009911", "-1", "", "An amount of more than 0")]
    [InlineData("+8613900009912", "", "07:00", "Hours begin and end")]
    public async Task A_wrong_invitation_is_said_to_be_wrong_and_sends_nothing(string number, string cap, string from, string words)
    {
        var family = await server.FamilyAsync();
        using var visit = await server.SignedInAsync(family.Owner, family.Household);
        var page = await visit.PostAsync(
            "/people",
            "invite",
            ("form.Phone", number),
            ("form.Limits.Cap", cap),
            ("form.Limits.From", from),
            ("form.Limits.Until", "")
        );
        Assert.Equal(200, page.Status);
        Assert.Contains(words, page.Body, StringComparison.Ordinal);
        Assert.Contains($"value=\"{number}\"", page.Body, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync(string key, string model)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Url}/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", key);
        using var response = await client.SendAsync(request, PortalServer.Cancel);
        return response.StatusCode;
    }
}
