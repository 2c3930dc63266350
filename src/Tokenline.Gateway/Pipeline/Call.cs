using Microsoft.AspNetCore.Http;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Batches;
using Tokenline.Gateway.Overload;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Responses;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Choice;

namespace Tokenline.Gateway.Pipeline;

/// <summary>One call on its way through the pipeline. Each step fills in what it finds out.</summary>
internal sealed class Call(HttpContext context, ClientProtocol client, ChargeId charge, DateTimeOffset startedAt) : IDisposable
{
    private const int OtherModelLengthMax = 256;
    private const long SentAtOnceBytes = 64 * 1024;

    private BodyShare bodies;
    private long answerBytes;
    private List<VendorAttempt>? failed;
    private List<string>? tried;
    private List<string>? triedModels;

    public HttpContext Context { get; } = context;
    public ChargeId Charge { get; private set; } = charge;
    public DateTimeOffset StartedAt { get; } = startedAt;
    public PooledBuffer Body { get; } = new();

    /// <summary>What the client speaks.</summary>
    public ClientProtocol Client { get; } = client;

    /// <summary>What is asked for beside the facts: the model of a Gemini address or of a form, the class of images.</summary>
    public string? Subject { get; set; }

    public KeyRights Key { get; set; } = null!;
    public RequestFacts Request;
    public Model Model { get; set; } = null!;
    public ModelTariff Tariff { get; set; } = null!;

    /// <summary>The run that the client says the call belongs to.</summary>
    public string? Run { get; set; }

    /// <summary>The most output of one choice that the vendor is to be told; null: the client's own limit, or none, stands.</summary>
    public int? OutputLimit { get; set; }

    /// <summary>What a unary call can come to; null for generations.</summary>
    public UnaryBound? Unary { get; set; }

    /// <summary>Output that is held, all choices together.</summary>
    public long OutputHeld { get; set; }

    /// <summary>The hold covers a first slice only and is extended as the stream runs.</summary>
    public bool IsSliced { get; set; }

    /// <summary>Tokens, in and out, that it probably comes to; what rates count until it has ended.</summary>
    public long TokensEstimate { get; set; }

    /// <summary>Tokens, in and out, that it came to; 0 until it is settled.</summary>
    public long TokensUsed { get; set; }

    /// <summary>Tokens out that it came to; 0 until it is settled.</summary>
    public long OutputUsed { get; set; }

    /// <summary>The input cannot be more tokens than this.</summary>
    public long InputBound { get; set; }

    /// <summary>What the input probably is.</summary>
    public long InputEstimate { get; set; }

    /// <summary>Micro-units left in the bucket of quota that pays, once the call is settled; null until then, and for money.</summary>
    public long? AfterSettle { get; set; }

    /// <summary>The Model ID that the client has named; <see cref="Model"/> is the one that serves.</summary>
    public string AskedModel { get; set; } = "";

    /// <summary>The virtual model that was asked for; null: a model was.</summary>
    public VirtualModel? Wish { get; set; }

    /// <summary>Models that could not serve it.</summary>
    public List<string> TriedModels => triedModels ??= [];

    /// <summary>Those of them whose vendors were asked.</summary>
    public int ModelsDown { get; set; }

    /// <summary>The model's deployments as candidates.</summary>
    public ModelRoute Route { get; set; } = null!;

    /// <summary>What choosing among them depends on.</summary>
    public RoutingCall Routing { get; set; }

    /// <summary>Where the call has been.</summary>
    public RouteState RouteState;

    /// <summary>The candidate that the call is held for, with its part of that deployment's limits; it is tried first.</summary>
    public (Seat Seat, TakenLoad? Load)? First { get; set; }

    /// <summary>The deployment that the call is with now.</summary>
    public Deployment Deployment { get; set; } = null!;

    /// <summary>What the deployment that was asked about last would refuse of the body; null: none was.</summary>
    public (Deployment Deployment, RefusedFields Fields)? RefusedFields { get; set; }

    /// <summary>The attempt that the call is with now.</summary>
    public Attempt Attempt { get; set; } = null!;

    /// <summary>How the charge ended; null: it has not.</summary>
    public CallEnding? Ending { get; set; }

    /// <summary>The operator's key that the vendor was sent.</summary>
    public string? VendorKey { get; set; }

    /// <summary>How the attempt that runs now passes between client and vendor.</summary>
    public Exchange Exchange { get; set; } = null!;

    /// <summary>What the vendor says about its answer.</summary>
    public AnswerMeter Answer => Exchange.Meter;

    /// <summary>The model that has answered: the customer's Model ID, unless the vendor says that it was another.</summary>
    public string AnsweredModel => OtherModel ?? Model.Id;

    /// <summary>What the vendor says has answered, where that is not what it was asked for. A name that is too long to be one says nothing.</summary>
    public string? OtherModel =>
        Answer.Model is { Length: <= OtherModelLengthMax } named && named != Deployment.UpstreamModel ? named : null;

    /// <summary>The same for a header, which holds visible ASCII: whatever else a vendor puts into a name is a question mark.</summary>
    public string AnsweredModelHeader =>
        AnsweredModel is var name && name.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Create(
                name.Length,
                name,
                static (to, from) =>
                {
                    for (var i = 0; i < to.Length; i++)
                        to[i] = from[i] is >= ' ' and <= '~' ? from[i] : '?';
                }
            )
            : name;

    /// <summary>The call is a line of a batch; null: it came by a socket.</summary>
    public LineOfBatch? Line { get; init; }

    /// <summary>Under which its charge is recognised when it comes again; null: it has none.</summary>
    public UInt128? Name { get; set; }

    /// <summary>Gets a copy of what the client is sent; null: nobody wants one.</summary>
    public IAnswerCopy? Copy { get; set; }

    /// <summary>A stream has been opened to the client, with nothing of a vendor's in it yet: another deployment may still try.</summary>
    public bool IsOpened { get; set; }

    public CancellationToken ClientGone { get; } = context.RequestAborted;

    /// <summary>How long the vendor that the call is with now may still take; null while it is with none.</summary>
    public VendorClock? Clock { get; set; }

    /// <summary>The call is ended here, because the server ends; the client has not gone by itself.</summary>
    public bool IsCutHere { get; private set; }

    /// <summary>The clock of a second vendor that is asked at the same time; null: there is none.</summary>
    public VendorClock? SecondClock { get; set; }

    /// <summary>Nothing more is wanted of the vendor. An answer that has begun must look cut; otherwise the client is told to come back.</summary>
    public void CutHere()
    {
        IsCutHere = true;
        var clock = Clock;
        if (clock is null || Context.Response.HasStarted)
            Context.Abort();
        clock?.Cancel();
        SecondClock?.Cancel();
    }

    /// <summary>What this attempt leaves out of the request, in the answer's header; of an attempt before it nothing stays. A stream that is open already cannot say it any more.</summary>
    public void Dropped(IReadOnlyList<string> fields)
    {
        if (Context.Response.HasStarted)
            return;
        if (fields.Count > 0)
            Context.Response.Headers["x-tokenline-dropped"] = string.Join(", ", fields);
        else
            Context.Response.Headers.Remove("x-tokenline-dropped");
    }

    public void Failed(Deployment deployment, DateTimeOffset at, string outcome, Usage? usage = null)
    {
        (failed ??= []).Add(new VendorAttempt(deployment.Vendor, deployment.Id, at, outcome, usage));
        (tried ??= []).Add($"{deployment.Vendor} ({outcome})");
    }

    public VendorAttempt[]? FailedAttempts => failed is { Count: > 0 } ? [.. failed] : null;

    /// <summary>Vendors that failed, and how, over all models that were tried.</summary>
    public IReadOnlyList<string> Tried => tried ?? [];

    /// <summary>The deployment that it was held for is not gone to.</summary>
    public void LeaveFirst()
    {
        if (First is not var (seat, load))
            return;
        load?.End(0);
        seat.Live.Untried();
        First = null;
    }

    /// <summary>Another model is to serve the call, and what was held for this one is released: from here on it is a charge of its own.</summary>
    public void BeginAgain(ChargeId next)
    {
        Charge = next;
        failed = null;
        Ending = null;
        (OutputLimit, IsSliced, OutputHeld, TokensUsed, AfterSettle) = (null, false, 0, 0, null);
    }

    /// <summary>From now on its bodies count among all that are in memory.</summary>
    public void ShareMemory(BodyMemory memory) => bodies = new(memory);

    /// <summary>Null: its request may grow to so many bytes.</summary>
    public Rejection? GrowTo(long bytes) => bodies.GrowTo(bytes);

    /// <summary>Its answer has come to so many bytes, beside its request.</summary>
    public void AnswerHasGrownTo(long bytes)
    {
        answerBytes = bytes;
        bodies.HasGrownTo(Body.Length + bytes);
    }

    /// <summary>Once it is settled it only has to send what is left of an answer of the usual size.</summary>
    public bool GoesOnAtOnce => Line is null && Copy is null && answerBytes <= SentAtOnceBytes;

    public void Dispose()
    {
        Body.Dispose();
        bodies.GiveBack();
    }
}
