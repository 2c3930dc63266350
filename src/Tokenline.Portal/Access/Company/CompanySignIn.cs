using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Tokenline.Commerce;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Access.Company;

internal enum CompanyRefusal
{
    /// <summary>No customer is called so, or it has no sign-in of its own.</summary>
    NoSuchCompany,

    /// <summary>Its provider does not answer, or not as OpenID Connect has it.</summary>
    ProviderIsSilent,
    TooMany,

    /// <summary>Too late, answered before, or begun in another browser.</summary>
    IsOver,

    /// <summary>The provider said no.</summary>
    Declined,

    /// <summary>What came is not what this provider signs, for this client, for this sign-in, now.</summary>
    NotGenuine,

    /// <summary>The provider vouches for somebody who is no member here.</summary>
    NoMember,
}

/// <param name="State">For the browser to keep, so that nobody is signed in by another's answer.</param>
internal sealed record CompanyStart(string Address, string State);

internal sealed record CompanyEnd(NewSession Session, string Return);

/// <summary>
/// Signing in by a customer's own identity provider: OpenID Connect Core 1.0, authorization code with PKCE. What it says holds for that customer alone: a session that
/// begins so shows no other console, and adds no passkey.
/// </summary>
internal sealed class CompanySignIn(
    IIdentityProviderStore providers,
    ISessionStore store,
    Members members,
    Sessions sessions,
    SignInLimits limits,
    CommerceOptions options,
    TimeProvider time,
    ILogger<CompanySignIn> log
) : IDisposable
{
    private const int AnswerBytesMax = 256 * 1024;
    private const int IssuersMax = 1_000;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan skew = TimeSpan.FromMinutes(1);
    private static readonly string[] algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly HttpClient http = NewClient(options);
    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> known = new();

    /// <summary>Kept until the answer comes: the nonce, the verifier of PKCE, and where to.</summary>
    private sealed record Begun(PartyId Customer, string Nonce, string Verifier, string Return, string Redirect);

    public async Task<(CompanyStart? Start, CompanyRefusal? Refusal)> BeginAsync(
        string? name,
        string returnTo,
        string redirect,
        string address,
        CancellationToken cancellation
    )
    {
        if (
            name is not { Length: > 0 and <= 64 }
            || await providers.FindAsync(name.Trim().ToLowerInvariant(), cancellation) is not { } provider
        )
            return (null, CompanyRefusal.NoSuchCompany);
        var now = time.GetUtcNow();
        await store.NoteAsync(SignInAttempt.Code, $"company {provider.Name}", address, now, cancellation);
        if ((await store.CountAsync(SignInAttempt.Code, null, address, now - limits.Within, cancellation)).Count > limits.CodesFromAddress)
            return (null, CompanyRefusal.TooMany);
        if (await ConfigurationAsync(provider, cancellation) is not { AuthorizationEndpoint: { Length: > 0 } endpoint })
            return (null, CompanyRefusal.ProviderIsSilent);
        var (state, begun) = (
            Session.NewSecret(),
            new Begun(provider.Customer, Session.NewSecret(), Session.NewSecret(), returnTo, redirect)
        );
        await store.AddAsync(new Challenge(KeyOf(state), provider.Customer.ToString(), JsonSerializer.Serialize(begun), now), cancellation);
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = provider.ClientId,
            ["redirect_uri"] = redirect,
            ["scope"] = "openid profile phone",
            ["state"] = state,
            ["nonce"] = begun.Nonce,
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(begun.Verifier))),
            ["code_challenge_method"] = "S256",
        };
        return (new(QueryHelpers.AddQueryString(endpoint, query), state), null);
    }

    /// <param name="kept">The state that the browser has kept.</param>
    public async Task<(CompanyEnd? End, CompanyRefusal? Refusal)> FinishAsync(
        string? state,
        string? kept,
        string? code,
        string device,
        string address,
        CancellationToken cancellation
    )
    {
        if (state is not { Length: > 0 and <= 64 } || !Same(state, kept) || await TakeAsync(state, cancellation) is not { } begun)
            return (null, CompanyRefusal.IsOver);
        if (string.IsNullOrEmpty(code))
            return (null, CompanyRefusal.Declined);
        if (await providers.FindAsync(begun.Customer, cancellation) is not { } provider)
            return (null, CompanyRefusal.NoSuchCompany);
        if (
            await ConfigurationAsync(provider, cancellation) is not { } configuration
            || await TokenAsync(provider, configuration, begun, code, cancellation) is not { } token
        )
            return (null, CompanyRefusal.ProviderIsSilent);
        if (await ValidateAsync(provider, configuration, begun, token) is not { } claims)
            return (null, CompanyRefusal.NotGenuine);
        if (await MemberAsync(provider, claims, cancellation) is not { } member)
            return (null, CompanyRefusal.NoMember);
        var session = await sessions.BeginAsync(member.Individual.PhoneNumber, provider.Customer, device, address, isOnly: true);
        return (new(session, begun.Return), null);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Once: an answer that comes again finds nothing.</summary>
    private async Task<Begun?> TakeAsync(string state, CancellationToken cancellation)
    {
        if (await store.FindChallengeAsync(KeyOf(state), cancellation) is not { } challenge)
            return null;
        await store.RemoveChallengeAsync(challenge.Id);
        return time.GetUtcNow() < challenge.AskedAt + limits.ChallengeFor ? JsonSerializer.Deserialize<Begun>(challenge.PasswordId) : null;
    }

    private async Task<OpenIdConnectConfiguration?> ConfigurationAsync(IdentityProvider provider, CancellationToken cancellation)
    {
        if (known.Count > IssuersMax)
            known.Clear();
        var manager = known.GetOrAdd(
            provider.Issuer,
            issuer =>
                new(
                    issuer.TrimEnd('/') + "/.well-known/openid-configuration",
                    new OpenIdConnectConfigurationRetriever(),
                    new HttpDocumentRetriever(http) { RequireHttps = !options.AllowPrivateWebhooks }
                )
        );
        try
        {
            var found = await manager.GetConfigurationAsync(cancellation);
            // OpenID Connect Discovery 4.3: who answers for an issuer is that issuer.
            return found.Issuer == provider.Issuer ? found : null;
        }
        catch (Exception e)
            when (e is InvalidOperationException or IOException or HttpRequestException or ArgumentException or JsonException)
        {
            log.LogWarning(
                "The identity provider {Provider} cannot be read: {Reason}",
                provider.Name,
                e.InnerException?.Message ?? e.Message
            );
            return null;
        }
    }

    /// <summary>The code for a token, by the client's secret; null: the provider does not give one.</summary>
    private async Task<string?> TokenAsync(
        IdentityProvider provider,
        OpenIdConnectConfiguration configuration,
        Begun begun,
        string code,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "authorization_code",
                    ["code"] = code,
                    ["redirect_uri"] = begun.Redirect,
                    ["client_id"] = provider.ClientId,
                    ["code_verifier"] = begun.Verifier,
                }
            ),
        };
        var credentials = $"{Uri.EscapeDataString(provider.ClientId)}:{Uri.EscapeDataString(provider.Secret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        try
        {
            using var answer = await http.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
                return null;
            using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
            return body.RootElement.TryGetProperty("id_token", out var token) ? token.GetString() : null;
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or InvalidOperationException or UriFormatException
                || e is OperationCanceledException && !cancellation.IsCancellationRequested
            )
        {
            log.LogWarning("The identity provider {Provider} gave no token: {Reason}", provider.Name, e.Message);
            return null;
        }
    }

    /// <summary>OpenID Connect Core 3.1.3.7: signature, issuer, audience, times, nonce.</summary>
    private async Task<IDictionary<string, object>?> ValidateAsync(
        IdentityProvider provider,
        OpenIdConnectConfiguration configuration,
        Begun begun,
        string token
    )
    {
        var now = time.GetUtcNow().UtcDateTime;
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = provider.Issuer,
                ValidAudience = provider.ClientId,
                IssuerSigningKeys = configuration.SigningKeys,
                ValidAlgorithms = algorithms,
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                LifetimeValidator = (from, until, _, _) => until is { } end && now < end + skew && (from is null || from <= now + skew),
            }
        );
        if (!result.IsValid)
        {
            log.LogWarning("A token of {Provider} was refused: {Reason}", provider.Name, result.Exception?.GetType().Name);
            return null;
        }
        var claims = result.Claims;
        var isOurs =
            claims.TryGetValue("nonce", out var nonce)
            && Same(nonce as string, begun.Nonce)
            && (!claims.TryGetValue("azp", out var azp) || azp as string == provider.ClientId);
        return isOurs ? claims : null;
    }

    /// <summary>Whom the provider knows by this subject; the first time, the member whose number it has confirmed.</summary>
    private async Task<Member?> MemberAsync(IdentityProvider provider, IDictionary<string, object> claims, CancellationToken cancellation)
    {
        if (claims.TryGetValue("sub", out var sub) is false || sub is not string { Length: > 0 and <= 255 } subject)
            return null;
        var all = await members.ListAsync(provider.Customer, cancellation);
        var link = await providers.FindLinkAsync(provider.Customer, subject, cancellation);
        if (
            link is null
            && claims.TryGetValue("phone_number_verified", out var verified)
            && verified is true or "true"
            && PhoneNumbers.Read(claims.TryGetValue("phone_number", out var phone) ? phone as string : null) is { } number
            && all.FirstOrDefault(one => one.Membership.IsActive && one.Individual.PhoneNumber == number) is { } same
        )
            link = await providers.LinkAsync(
                new IdentityLink(provider.Customer, subject, same.Membership.Id, time.GetUtcNow()),
                cancellation
            );
        return link is null ? null : all.FirstOrDefault(one => one.Membership.IsActive && one.Membership.Id == link.Member);
    }

    /// <summary>Apart from the challenges of codes, which are looked for by what is in an address.</summary>
    private static string KeyOf(string state) => "oidc " + Session.HashOf(state);

    private static bool Same(string? one, string? other) =>
        one is not null
        && other is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static HttpClient NewClient(CommerceOptions options)
    {
        var client = PublicAddresses.NewHttpClient(options.AllowPrivateWebhooks);
        client.Timeout = patience;
        client.MaxResponseContentBufferSize = AnswerBytesMax;
        return client;
    }
}
