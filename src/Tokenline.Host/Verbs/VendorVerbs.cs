using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of supply: vendors, models, and which vendor serves which model. A running server uses a change with its next call.</summary>
internal static class VendorVerbs
{
    public static IEnumerable<Command> Commands() => [Vendors(), Models(), TariffVerbs.Command(), ContractVerbs.Command()];

    private static Command Vendors()
    {
        var id = Id("id", "A short name, such as deepseek.");
        var baseUrl = Required("--base-url", "Up to and with the version, such as https://api.deepseek.com/v1.");
        var keyFile = Optional(
            "--api-key-file",
            "A file with your key at this vendor, or several, one a line; they are stored sealed and never shown."
        );
        var apis = Optional(
            "--apis",
            "What it speaks, with commas between: openai-chat (unless told), openai-responses, anthropic-messages, gemini, azure-openai."
        );
        var allowPrivate = new Option<bool>("--allow-private-address") { Description = "The vendor is in your own network." };
        var name = Optional("--name", "What to call the vendor.");
        var drain = new Option<int?>("--drain-seconds")
        {
            Description = "How long to wait for the vendor's usage when a client has gone; 0 cancels at once.",
        };
        return Group(
            "vendor",
            "Vendors.",
            Call(
                "add",
                "Add a vendor, or change one.",
                HttpMethod.Post,
                _ => "vendors",
                p => new
                {
                    id = p.GetValue(id),
                    name = p.GetValue(name),
                    baseUrl = p.GetValue(baseUrl),
                    apiKeys = p.GetValue(keyFile) is { } file ? ReadKeys(file) : null,
                    drainSeconds = p.GetValue(drain),
                    apis = p.GetValue(apis)?.Split(',', StringSplitOptions.TrimEntries),
                    allowPrivateAddress = p.GetValue(allowPrivate),
                },
                id,
                baseUrl,
                keyFile,
                name,
                drain,
                apis,
                allowPrivate
            ),
            List(
                "list",
                "All vendors, without their keys, and which of their keys rest now.",
                _ => "vendors",
                ["id", "name", "baseUrl", "apis", "keys", "keyHealth", "simulated", "models"]
            )
        );
    }

    private static Command Models()
    {
        var model = Id("model", "The Model ID that customers ask for.");
        var vendor = Required("--vendor", "The vendor's id.");
        var upstream = Optional("--upstream-model", "The model's name at the vendor; without it, the same.");
        var priority = new Option<int?>("--priority") { Description = "Lower is tried first; 100 unless told." };
        var requests = new Option<long?>("--rpm") { Description = "Requests a minute; beyond them calls go to the next deployment." };
        var tokens = new Option<long?>("--tpm") { Description = "Tokens a minute, in and out." };
        var concurrent = new Option<int?>("--concurrent") { Description = "Calls at once." };
        var weight = new Option<int?>("--weight")
        {
            Description = "Its share among deployments that the policy ranks alike, 0 to 1000; 100 unless told.",
        };
        var canary = new Option<int?>("--canary-percent")
        {
            Description = "On trial: so many of 100 calls go there first. Map it again without this to make it an ordinary one.",
        };
        return Group(
            "model",
            "Models and their deployments.",
            [
                ModelListVerb.Command(),
                Get("show", "One model.", p => $"models/{Escape(p.GetValue(model))}", model),
                Call(
                    "map",
                    "Let a vendor serve a model. A real vendor replaces the model's simulated one.",
                    HttpMethod.Put,
                    p => $"models/{Escape(p.GetValue(model))}/deployments",
                    p => new
                    {
                        vendor = p.GetValue(vendor),
                        upstreamModel = p.GetValue(upstream),
                        priority = p.GetValue(priority),
                        requestsPerMinute = p.GetValue(requests),
                        tokensPerMinute = p.GetValue(tokens),
                        concurrentCalls = p.GetValue(concurrent),
                        weight = p.GetValue(weight),
                        canaryPercent = p.GetValue(canary),
                    },
                    model,
                    vendor,
                    upstream,
                    priority,
                    requests,
                    tokens,
                    concurrent,
                    weight,
                    canary
                ),
                Call(
                    "unmap",
                    "Serve a model by this vendor no more.",
                    HttpMethod.Delete,
                    p => $"models/{Escape(p.GetValue(model))}/deployments/{Escape(p.GetValue(vendor))}",
                    _ => null,
                    model,
                    vendor
                ),
                .. ModelRoutingVerbs.Commands(),
            ]
        );
    }

    private static string[] ReadKeys(string file) =>
        File.Exists(file)
            ? File.ReadAllText(file).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : throw new SettingException($"There is no file {file}.");
}
