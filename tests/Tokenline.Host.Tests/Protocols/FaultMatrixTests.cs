using System.Globalization;
using System.Text.Json.Nodes;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>
/// Every fault of the simulator, streamed or not, for each protocol of clients and each API of vendors: the client gets its own protocol's error or a served
/// answer, the charge is right, and nothing stays held. The fixture's end audits the books.
/// </summary>
public class FaultMatrixTests(FaultMatrixTests.ImpatientServer server) : IClassFixture<FaultMatrixTests.ImpatientServer>
{
    public static TheoryData<string, string> Pairs()
    {
        var data = new TheoryData<string, string>();
        foreach (var client in Speaker.All)
        {
            foreach (var api in VendorApis.Names.Where(name => name != "azure-openai" && IsServed(client.Name, name)))
                data.Add(client.Name, api);
        }
        return data;
    }

    private static bool IsServed(string client, string api) => api != "openai-responses" || client == "responses";

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_fault_is_an_error_in_the_clients_words_or_a_served_answer_and_the_charge_is_right(string client, string api)
    {
        var speaker = Speaker.Named(client);
        var vendor = $"m-{client}-{api}"[..Math.Min(24, $"m-{client}-{api}".Length)];
        var spoken = VendorApis.Find(api)!.Value;
        await server.PutVendorAsync(vendor, Speaker.Address(server, vendor, spoken), drainSeconds: 1, apis: spoken);
        var model = await server.ModelAsync(vendor, (vendor, null));

        var wrong = (await Task.WhenAll(Cases().Select(fault => ProblemsAsync(speaker, model, fault, SameAs(client, api)))))
            .SelectMany(found => found)
            .ToList();

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static bool SameAs(string client, string api) => api.EndsWith(client, StringComparison.Ordinal);

    private static bool HasCleanEnd(Speaker speaker, Answer answer) =>
        answer
            .Text.Replace("data:", "data: ", StringComparison.Ordinal)
            .Replace("data:  ", "data: ", StringComparison.Ordinal)
            .Contains(speaker.CleanEnd, StringComparison.Ordinal);

    private const string None = "none";

    private static IEnumerable<string> Cases() =>
        Faults
            .All.SelectMany(entry =>
                entry.Fault == Fault.Status
                    ? new[] { 400, 401, 403, 404, 422, 429, 500, 503, 529 }.Select(status => $"status:{status}")
                    : [entry.ArgumentName is null ? entry.Name : $"{entry.Name}:{ArgumentOf(entry.Fault)}"]
            )
            .Prepend(None);

    private static string ArgumentOf(Fault fault) =>
        (
            fault switch
            {
                Fault.SlowFirstByte => 30,
                Fault.CutAfter or Fault.HangAfter or Fault.ErrorInStream => 3,
                Fault.Split => 7,
                _ => 5,
            }
        ).ToString(CultureInfo.InvariantCulture);

    private async Task<IReadOnlyList<string>> ProblemsAsync(Speaker speaker, string model, string fault, bool isSame)
    {
        var wrong = new List<string>();
        var subscriber = await server.SubscriberAsync();
        var balance = await subscriber.BalanceAsync();
        var known = 0;
        foreach (var stream in (bool[])[false, true])
        {
            void Expect(bool holds, string what)
            {
                if (!holds)
                    wrong.Add($"{fault}{(stream ? ", stream" : "")}: {what}");
            }
            var answer = await speaker.AskAsync(
                server,
                subscriber,
                model,
                $"Hello [[simulate: {(fault == None ? "" : $"fault={fault}; ")}tokens=30]]",
                stream
            );
            var records = await subscriber.RecordsAsync();
            var charged = records.Count - known;
            known = records.Count;
            var now = await subscriber.BalanceAsync();
            var paid = balance - now;
            balance = now;

            if (answer.Status != 200)
            {
                Expect(fault != None, $"not served: {answer.Text}");
                Expect(answer.Status is >= 400 and < 600 and not 401, $"status {answer.Status}");
                Expect(IsError(speaker, answer.Text), $"not the protocol's error: {answer.Text}");
                Expect(charged == 0 && paid == 0, $"an error that costs {paid}");
                continue;
            }
            Expect(charged == 1, $"{charged} records for one answer");
            if (charged != 1)
                continue;
            var record = records.MaxBy(one => one.Charge.Value)!;
            Expect(paid == server.Cost(model, record.Usage), $"{paid} paid for {record.Usage}");
            if (answer.IsBroken)
            {
                Expect(stream, "a plain answer broke off");
                Expect(!HasCleanEnd(speaker, answer), "a cut stream has a clean end");
                Expect(
                    answer.Chunks.Count > 0 && speaker.IsError(answer.Chunks[^1]),
                    $"a cut stream ends without an error: {Tail(answer)}"
                );
            }
            else if (stream)
            {
                // A vendor of the same protocol that leaves the last event out is passed on as it is.
                var isPassedOn = fault == "no-done" && isSame;
                Expect(isPassedOn || HasCleanEnd(speaker, answer), $"no clean end: {Tail(answer)}");
            }
            else
            {
                Expect(speaker.Text(answer.Json).StartsWith("This is the Tokenline", StringComparison.Ordinal), $"answered {answer.Text}");
            }
        }
        var view = await subscriber.ViewAsync();
        if (view.Open.Count > 0 || view.Buckets.Any(bucket => bucket.Reserved != 0))
            wrong.Add($"{fault}: something is still held");
        return wrong;
    }

    private static string Tail(Answer answer) => answer.Text[Math.Max(0, answer.Text.Length - 300)..];

    private static bool IsError(Speaker speaker, string body)
    {
        try
        {
            return JsonNode.Parse(body) is { } json && speaker.IsError(json);
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    public sealed class ImpatientServer : RunningServer
    {
        private protected override GatewayOptions Options =>
            new()
            {
                FirstByteTimeoutSeconds = 1,
                SilenceTimeoutSeconds = 1,
                Routing = NoHealth,
            };
    }
}
