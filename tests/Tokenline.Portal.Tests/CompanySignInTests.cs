using System.Text.RegularExpressions;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;
using Tokenline.Portal.Access.Company;

namespace Tokenline.Portal.Tests;

/// <summary>A customer's own identity provider, from the first page to the console.</summary>
[Collection(Lane.Forms)]
public sealed partial class CompanySignInTests(PortalServer server) : IAsyncLifetime
{
    private SmallProvider provider = null!;
    private Family team = null!;
    private string name = "";

    public async ValueTask InitializeAsync()
    {
        provider = await SmallProvider.StartAsync();
        team = await server.FamilyAsync();
        provider.PhoneNumber = team.Member;
        name = $"team-{team.Member[^4..]}";
        using var visit = await server.SignedInAsync(team.Owner, team.Household);
        var put = await visit.PostAsync(
            "/access",
            "provider",
            ("short", name),
            ("issuer", provider.Issuer),
            ("client", SmallProvider.ClientId),
            ("secret", SmallProvider.Secret)
        );
        Assert.Equal(302, put.Status);
    }

    public async ValueTask DisposeAsync() => await provider.DisposeAsync();

    [Fact]
    public async Task A_member_comes_by_the_companys_sign_in_and_sees_that_company_and_nothing_of_their_own()
    {
        using var visit = server.Visit();
        var back = await AnswerAsync(visit, "/usage");
        Assert.EndsWith("/usage", (await visit.GetAsync(back)).Location, StringComparison.Ordinal);
        Assert.Contains(team.Household.Name, (await visit.GetAsync("/home")).Body, StringComparison.Ordinal);

        // The person's own account is not the company's to open.
        var own = (await server.Get<Customers>().CreateAsync(team.Member, "Mia herself", PortalServer.Cancel)).Required();
        await visit.PostAsync("/act-for", null, ("customer", own.Id.ToString()));
        Assert.DoesNotContain("Mia herself", (await visit.GetAsync("/home")).Body, StringComparison.Ordinal);
        Assert.Equal(403, (await visit.GetAsync("/access")).Status);
        using var phone = await server.SignedInAsync(team.Member, own);
        Assert.DoesNotContain(
            "/usage",
            (await visit.GetAsync("/sessions")).Body.Replace("href=\"/usage", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Single(EndForm().Matches((await phone.GetAsync("/sessions")).Body)); // by number all are seen, by the company its own alone
        Assert.Empty(EndForm().Matches((await visit.GetAsync("/sessions")).Body));

        // The answer is good once, and in its own browser.
        Assert.Contains("why=IsOver", (await visit.GetAsync(back)).Location, StringComparison.Ordinal);
        using var other = server.Visit();
        Assert.Contains("why=IsOver", (await other.GetAsync(await AnswerAsync(visit, "/home"))).Location, StringComparison.Ordinal);

        // Known by subject from now on, whatever number the provider says; and gone with the membership.
        provider.PhoneNumber = "";
        Assert.EndsWith("/home", (await visit.GetAsync(await AnswerAsync(visit, "/home"))).Location, StringComparison.Ordinal);
        var member = (await server.Get<Members>().ListAsync(team.Household.Id, PortalServer.Cancel)).Single(one =>
            one.Individual.PhoneNumber == team.Member
        );
        (await server.Get<Members>().RemoveAsync(team.Household.Id, member.Membership.Id, null, null, PortalServer.Cancel)).Required();
        Assert.Contains("why=NoMember", (await visit.GetAsync(await AnswerAsync(visit, "/home"))).Location, StringComparison.Ordinal);
        Assert.True((await visit.GetAsync("/home")).LeadsToSignIn);
    }

    [Fact]
    public async Task What_the_provider_has_not_signed_for_this_client_this_sign_in_and_now_is_refused()
    {
        (string What, Action<SmallProvider> Do)[] wrongs =
        [
            ("issuer", one => one.Tamper = token => token.Issuer = "https://elsewhere.example"),
            ("audience", one => one.Tamper = token => token.Audience = "another-client"),
            ("nonce", one => one.Tamper = token => token.Claims["nonce"] = "another"),
            ("no nonce", one => one.Tamper = token => token.Claims.Remove("nonce")),
            (
                "expired",
                one =>
                    one.Tamper = token =>
                    {
                        token.NotBefore = token.NotBefore!.Value.AddHours(-2);
                        token.Expires = token.Expires!.Value.AddHours(-1);
                    }
            ),
            ("not yet", one => one.Tamper = token => token.NotBefore = token.NotBefore!.Value.AddMinutes(3)),
            ("without an end", one => one.Tamper = token => token.Expires = null),
            ("unsigned", one => one.Tamper = token => token.SigningCredentials = null),
            ("signature", one => one.ForeignKey = true),
        ];
        foreach (var (what, make) in wrongs)
        {
            (provider.Tamper, provider.ForeignKey) = (_ => { }, false);
            make(provider);
            using var visit = server.Visit();
            var end = await visit.GetAsync(await AnswerAsync(visit, "/home"));
            Assert.True(end.Location?.EndsWith("why=NotGenuine", StringComparison.Ordinal), $"{what}: {end.Location}");
            Assert.True((await visit.GetAsync("/home")).LeadsToSignIn, what);
        }
        (provider.Tamper, provider.ForeignKey, provider.IsVerified) = (_ => { }, false, false);
        using var unverified = server.Visit();
        Assert.Contains(
            "why=NoMember",
            (await unverified.GetAsync(await AnswerAsync(unverified, "/home"))).Location,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Wrong_settings_are_said_to_be_wrong_and_the_secret_is_never_shown()
    {
        using var visit = await server.SignedInAsync(team.Owner, team.Household);
        Assert.DoesNotContain(SmallProvider.Secret, (await visit.GetAsync("/access")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(SmallProvider.Secret, (await visit.GetAsync("/changes")).Body, StringComparison.Ordinal);
        foreach (var issuer in new[] { "x", "ftp://a.example", "https://a.example/?x=1", "https://user@a.example" })
            Assert.Contains(
                "https address",
                (await visit.PostAsync("/access", "provider", ("short", name), ("issuer", issuer), ("client", "c"))).Body,
                StringComparison.Ordinal
            );
        using var nobody = server.Visit();
        Assert.Contains("is called so", (await nobody.GetAsync("/sign-in/company?name=no-such-company")).Body, StringComparison.Ordinal);
        await visit.PostAsync("/access", "no-provider");
        Assert.Contains("is called so", (await nobody.GetAsync($"/sign-in/company?name={name}")).Body, StringComparison.Ordinal);
    }

    /// <summary>To the provider, and the address that it sends back to.</summary>
    private async Task<string> AnswerAsync(Visit visit, string returnTo)
    {
        var page = await visit.GetAsync($"/sign-in/company?name={name}&return={returnTo}");
        var there = Authorize().Match(page.Body).Groups[1].Value;
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await client.GetAsync(there, PortalServer.Cancel);
        return answer.Headers.Location!.PathAndQuery;
    }

    [GeneratedRegex("<a class=\"button first wide\" href=\"([^\"]+)\"")]
    private static partial Regex Authorize();

    [GeneratedRegex("name=\"_handler\" value=\"end-ses_\\w+\"")]
    private static partial Regex EndForm();
}
