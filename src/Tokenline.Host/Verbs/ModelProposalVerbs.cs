using System.CommandLine;
using System.Text.Json;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of models that vendors want to list.</summary>
internal static class ModelProposalVerbs
{
    private static readonly string[] columns =
    [
        "vendor",
        "model",
        "name",
        "kind",
        "upstreamModel",
        "contextTokens",
        "outputTokensMax",
        "state",
        "reason",
        "answer",
    ];

    public static Command Command()
    {
        var vendor = Id("vendor", "The vendor's id.");
        var model = Id("model", "The Model ID.");
        var ofVendor = Optional("--vendor", "Only this vendor's.");
        var state = Optional("--state", "Only those: proposed, withdrawn, rejected or approved.");
        var proposer = Required("--vendor", "The vendor's id.");
        var id = Required("--model", "The Model ID that customers would ask for.");
        var name = Optional("--name", "What customers see; the Model ID unless told.");
        var kind = new Option<string>("--kind")
        {
            Description = "chat (unless told), embedding, rerank, image, speech or transcription.",
            DefaultValueFactory = _ => "chat",
        };
        kind.AcceptOnlyFromAmong("chat", "embedding", "rerank", "image", "speech", "transcription");
        var upstream = Optional("--upstream-model", "The model's name at the vendor; without it, the same.");
        var context = new Option<long?>("--context-tokens") { Description = "Input and output together that the model accepts." };
        var output = new Option<long?>("--output-tokens-max") { Description = "The most output of one choice." };
        var file = Optional(
            "--file",
            "The price sheet as JSON that the vendor asks for; - is standard input. Of a model that is for sale already, none."
        );
        var reason = Required("--reason", "Why, for the operator.");
        var dry = new Option<bool>("--dry-run") { Description = "Say whether it would be taken, and keep nothing." };
        var price = Optional(
            "--file",
            "The price sheet as JSON that customers are charged by, with its weights; without it, as the vendor asked for it."
        );
        var answer = Required("--reason", "Why; the vendor reads it.");
        var why = Required("--reason", "Why; the audit log keeps it.");
        return Group(
            "model-proposal",
            "Models that vendors want to list: with the operator's yes they can be called.",
            List(
                "list",
                "Proposals, newest first.",
                p => $"model-proposals?{Query("vendor", p.GetValue(ofVendor))}{Query("state", p.GetValue(state))}",
                columns,
                ofVendor,
                state
            ),
            Get("show", "A proposal with the price that the vendor asks for.", p => Path(p, vendor, model), vendor, model),
            Call(
                "make",
                "Propose a model, in a vendor's name.",
                HttpMethod.Post,
                _ => "model-proposals",
                p => new
                {
                    vendor = p.GetValue(proposer),
                    model = p.GetValue(id),
                    name = p.GetValue(name),
                    kind = p.GetValue(kind),
                    upstreamModel = p.GetValue(upstream),
                    contextTokens = p.GetValue(context),
                    outputTokensMax = p.GetValue(output),
                    price = Sheet(p.GetValue(file)),
                    reason = p.GetValue(reason),
                    dryRun = p.GetValue(dry),
                },
                proposer,
                id,
                name,
                kind,
                upstream,
                context,
                output,
                file,
                reason,
                dry
            ),
            Call(
                "withdraw",
                "Take a proposal back, in the vendor's name.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, model)}/withdraw",
                p => new { reason = p.GetValue(why) },
                vendor,
                model,
                why
            ),
            Call(
                "approve",
                "Approve a proposal: the model can be called at once.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, model)}/approve",
                p => new { reason = p.GetValue(answer), price = Sheet(p.GetValue(price)) },
                vendor,
                model,
                price,
                answer
            ),
            Call(
                "reject",
                "Reject a proposal.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, model)}/reject",
                p => new { reason = p.GetValue(answer) },
                vendor,
                model,
                answer
            )
        );
    }

    private static JsonElement? Sheet(string? file) => file is null ? null : JsonFile.Read(file);

    private static string Path(ParseResult parsed, Argument<string> vendor, Argument<string> model) =>
        $"model-proposals/{Escape(parsed.GetValue(vendor))}/{Escape(parsed.GetValue(model))}";

    private static string Query(string name, string? value) => value is null ? "" : $"{name}={Escape(value)}&";
}
