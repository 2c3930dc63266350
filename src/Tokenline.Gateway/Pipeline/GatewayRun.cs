namespace Tokenline.Gateway.Pipeline;

/// <summary>This run of the gateway. Charges carry its number, so that the recovery rule can tell whose calls nobody serves any more.</summary>
public sealed class GatewayRun(long node)
{
    public GatewayRun(IdSource ids)
        : this(ids.Next<CommandKind>().Value) { }

    public long Node { get; } = node;
}
