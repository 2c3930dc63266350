using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tokenline.Portal.Tests;

/// <summary>An identity provider on a socket of its own, that really signs its tokens; and what it may do wrong.</summary>
internal sealed class SmallProvider : IAsyncDisposable
{
    public const string ClientId = "tokenline";
    public const string Secret = "a-client-secret";

    private readonly RsaSecurityKey key = new(RSA.Create(2048)) { KeyId = "one" };
    private readonly Dictionary<string, (string Nonce, string Challenge)> codes = [];
    private readonly WebApplication app;

    private SmallProvider(WebApplication app) => this.app = app;

    public string Issuer => app.Urls.First();

    /// <summary>Changes what is about to be signed.</summary>
    public Action<SecurityTokenDescriptor> Tamper { get; set; } = _ => { };

    /// <summary>Signs with a key that is not the provider's.</summary>
    public bool ForeignKey { get; set; }
    public string Subject { get; set; } = "employee-1";
    public string PhoneNumber { get; set; } = "";
    public bool IsVerified { get; set; } = true;

    public static async Task<SmallProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new SmallProvider(app);
        app.MapGet("/.well-known/openid-configuration", provider.DescribeAsync);
        app.MapGet("/keys", provider.KeysAsync);
        app.MapGet("/authorize", provider.AuthorizeAsync);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task DescribeAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                issuer = Issuer,
                authorization_endpoint = $"{Issuer}/authorize",
                token_endpoint = $"{Issuer}/token",
                jwks_uri = $"{Issuer}/keys",
            }
        );

    private Task KeysAsync(HttpContext context)
    {
        var known = JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(key.Rsa.ExportParameters(false)) { KeyId = key.KeyId }
        );
        return context.Response.WriteAsJsonAsync(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = known.Kty,
                        kid = known.Kid,
                        n = known.N,
                        e = known.E,
                    },
                },
            }
        );
    }

    private Task AuthorizeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var code = Guid.NewGuid().ToString("n");
        codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString());
        context.Response.Redirect($"{query["redirect_uri"]}?code={code}&state={query["state"]}");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{ClientId}:{Secret}"));
        var proof = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (
            context.Request.Headers.Authorization != $"Basic {basic}"
            || !codes.Remove(form["code"].ToString(), out var begun)
            || begun.Challenge != proof
        )
        {
            context.Response.StatusCode = 400;
            return;
        }
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = ClientId,
            NotBefore = now.AddSeconds(-1),
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = Subject,
                ["nonce"] = begun.Nonce,
                ["phone_number"] = PhoneNumber,
                ["phone_number_verified"] = IsVerified,
            },
            SigningCredentials = new(ForeignKey ? new RsaSecurityKey(RSA.Create(2048)) { KeyId = key.KeyId } : key, "RS256"),
        };
        Tamper(descriptor);
        await context.Response.WriteAsync(
            JsonSerializer.Serialize(
                new { id_token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor) }
            )
        );
    }
}
