using System.Net;
using Tokenline.Commerce.Calling;

namespace Tokenline.Host.Tests;

/// <summary>Keys that call from named addresses only, over the real gateway.</summary>
public class AccessLineTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Keys_call_from_the_lines_and_from_nowhere_else_in_every_protocol_and_from_everywhere_without_any()
    {
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000);
        var editing = server.Get<CallingTermsEditing>();
        var customer = subscriber.Customer.Id;
        (await editing.AddLineAsync(customer, "Office", "203.0.113.0/24", RunningServer.Cancel)).Required();

        Assert.Equal((403, "address_not_allowed"), await CallAsync(subscriber.Key, "/v1/chat/completions", Chat, bearer: true));
        var (status, code) = await CallAsync(subscriber.Key, "/v1/messages", Messages, bearer: false);
        Assert.Equal((403, "address_not_allowed"), (status, code)); // in the shape that its clients know
        Assert.Equal(403, (await CallAsync(subscriber.Key, "/v1/models", null, bearer: true)).Status);
        Assert.Equal(403, (await CallAsync(subscriber.Key, "/v1/files", null, bearer: true)).Status);
        Assert.Equal(403, (await CallAsync(subscriber.Key, "/v1/responses/resp_x", null, bearer: true)).Status);
        Assert.Equal(403, (await CallAsync(subscriber.Key, "/v1/messages/count_tokens", Messages, bearer: false)).Status);

        (await editing.AddLineAsync(customer, "Here", "127.0.0.0/8", RunningServer.Cancel)).Required();
        Assert.Equal(200, (await CallAsync(subscriber.Key, "/v1/chat/completions", Chat, bearer: true)).Status);
        (await editing.RemoveLineAsync(customer, "127.0.0.0/8", RunningServer.Cancel)).Required();
        Assert.Equal(403, (await CallAsync(subscriber.Key, "/v1/chat/completions", Chat, bearer: true)).Status);
        (await editing.RemoveLineAsync(customer, "203.0.113.0/24", RunningServer.Cancel)).Required();
        Assert.Equal(200, (await CallAsync(subscriber.Key, "/v1/chat/completions", Chat, bearer: true)).Status);
    }

    private const string Chat = $$"""{"model":"{{RunningServer.Model}}","messages":[{"role":"user","content":"Hi"}]}""";
    private const string Messages = $$"""{"model":"{{RunningServer.Model}}","max_tokens":20,"messages":[{"role":"user","content":"Hi"}]}""";

    private async Task<(int Status, string? Code)> CallAsync(string key, string path, string? body, bool bearer)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, server.Url + path);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        if (bearer)
            request.Headers.Authorization = new("Bearer", key);
        else
            request.Headers.Add("x-api-key", key);
        using var response = await client.SendAsync(request, RunningServer.Cancel);
        var text = await response.Content.ReadAsStringAsync(RunningServer.Cancel);
        if (response.StatusCode == HttpStatusCode.OK)
            return (200, null);
        var error = System.Text.Json.Nodes.JsonNode.Parse(text)!["error"]!;
        return ((int)response.StatusCode, (string?)error["code"] ?? (string?)error["type"]);
    }
}
