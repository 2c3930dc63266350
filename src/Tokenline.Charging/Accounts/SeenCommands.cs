namespace Tokenline.Charging.Accounts;

/// <summary>The newest management commands and the hash of their content.</summary>
internal sealed class SeenCommands
{
    private const int Kept = 1024;

    private readonly Dictionary<CommandId, long> contents = [];
    private readonly Queue<SeenCommand> order = new();

    public void Add(CommandId command, long content)
    {
        if (order.Count == Kept)
            contents.Remove(order.Dequeue().Command);
        contents[command] = content;
        order.Enqueue(new SeenCommand(command, content));
    }

    /// <summary>Null: not seen. True: seen with this content.</summary>
    public bool? Matches(CommandId command, long content) => contents.TryGetValue(command, out var known) ? known == content : null;

    public SeenCommand[] Image() => [.. order];
}
