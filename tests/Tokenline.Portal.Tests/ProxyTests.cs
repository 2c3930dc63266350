using System.Text.RegularExpressions;
using Tokenline.Commerce;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;
using Tokenline.Host;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Behind a proxy that ends TLS: who asks and by which scheme is what a known proxy says, and nobody else.</summary>
[Collection(Lane.Forms)]
public sealed partial class ProxyTests(PortalServer server)
{
    [Fact]
    public async Task What_a_known_proxy_says_makes_cookies_secure_and_addresses_right()
    {
        await using var behind = await StartAsync(["127.0.0.0/8"]);
        // The client has written the first address itself; the proxy has added where it really came from.
        var (cookie, address) = await SignInAsync(behind.Url, "192.0.2.1, 203.0.113.9", behind.Services);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("203.0.113.9", address);
    }

    [Fact]
    public async Task What_anybody_else_says_is_not_read()
    {
        var (cookie, address) = await SignInAsync(server.Url, "203.0.113.9", server.Server.Services);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("127.0.0.1", address, StringComparison.Ordinal);
    }

    private static async Task<(string Cookie, string Address)> SignInAsync(string url, string forwardedFor, IServiceProvider services)
    {
        using var visit = new Visit(url, headers: [("X-Forwarded-For", forwardedFor), ("X-Forwarded-Proto", "https")]);
        const string number = "+8613900008801";
        var sent = await visit.PostAsync("/sign-in", "number", ("phone", number));
        var there = new Uri(new Uri(url), sent.Location!).PathAndQuery; // by the scheme that the browser sees
        var code = Code().Match((await visit.GetAsync(there)).Body).Groups[1].Value;
        var signedIn = await visit.PostAsync(there, "code", ("code", code));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith(SessionCookie.Name, StringComparison.Ordinal));
        var sessions = (Sessions)services.GetService(typeof(Sessions))!;
        return (cookie, (await sessions.ListAsync(number, PortalServer.Cancel))[0].Address);
    }

    private static async Task<TokenlineServer> StartAsync(string[] proxies) =>
        await TokenlineServer.StartAsync(
            new Host.Settings(
                Directory.CreateTempSubdirectory("tokenline-proxy-tests-").FullName,
                "http://127.0.0.1:0",
                null,
                Demo: true,
                "http://127.0.0.1:0",
                new GatewayOptions(),
                new CommerceOptions()
            )
            {
                TrustedProxies = proxies,
            },
            CancellationToken.None
        );

    [GeneratedRegex("code is (\\d{4,10})")]
    private static partial Regex Code();
}
