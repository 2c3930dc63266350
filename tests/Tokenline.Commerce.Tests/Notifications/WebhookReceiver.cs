using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tokenline.Commerce.Tests.Notifications;

/// <param name="IsSigned">The signature fits the receiver's secret, by a verification of its own.</param>
internal sealed record ReceivedHook(string Id, long Timestamp, bool IsSigned, JsonNode Body)
{
    public string Type => (string)Body["type"]!;
}

/// <summary>A customer's endpoint on a real socket. It verifies what comes, and answers as told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<ReceivedHook> Received { get; } = new();

    public string Secret { get; set; } = "whsec_";

    public int Status { get; set; } = 200;

    /// <summary>When set, no answer leaves before it has completed.</summary>
    public Task? Hold { get; set; }

    public string Url => $"{app.Urls.First()}/hook";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes);
        var (id, timestamp) = (http.Request.Headers["webhook-id"].ToString(), http.Request.Headers["webhook-timestamp"].ToString());
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(bytes.ToArray()).ToArray();
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed));
        Received.Enqueue(
            new(id, long.Parse(timestamp), http.Request.Headers["webhook-signature"] == expected, JsonNode.Parse(bytes.ToArray())!)
        );
        if (Hold is { } hold)
            await hold;
        http.Response.StatusCode = Status;
    }
}
