namespace Tokenline.Host.Tests.Fuzz;

/// <summary>An endpoint of the gateway, and a body that it serves.</summary>
/// <param name="Path">In it <c>MODEL</c> is a model that serves such calls.</param>
internal sealed record Endpoint(string Method, string Path, string Body = "", string ContentType = "application/json");

internal static class Endpoints
{
    private const string Chat = """
        {"model":"MODEL","stream":false,"stream_options":{"include_usage":true},"max_tokens":20,"max_completion_tokens":20,"n":1,"temperature":0.5,"top_p":0.9,
        "stop":["x"],"user":"u","seed":1,"logprobs":false,"metadata":{"run_id":"r1"},"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],"tool_choice":"auto",
        "messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}
        """;

    private const string Messages = """
        {"model":"MODEL","max_tokens":20,"stream":false,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"temperature":1,"stop_sequences":["x"],
        "thinking":{"type":"enabled","budget_tokens":1024},"metadata":{"user_id":"u"},"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto"},
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
        {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"r"}]}]}
        """;

    private const string Responses = """
        {"model":"MODEL","stream":false,"max_output_tokens":20,"instructions":"i","store":true,"previous_response_id":null,"metadata":{"run_id":"r"},"reasoning":{"effort":"low"},
        "text":{"format":{"type":"text"}},"tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"custom","name":"g"}],"tool_choice":"auto",
        "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"c","output":"r"}]}
        """;

    private const string Gemini = """
        {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
        {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}],
        "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object"}}]}],"generationConfig":{"maxOutputTokens":20,"temperature":1,"candidateCount":1,"stopSequences":["x"]},"safetySettings":[]}
        """;

    private const string Form =
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nMODEL\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF....WAVE\r\n--b\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\njson\r\n--b--\r\n";

    private const string Batch =
        "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{\"custom_id\":\"1\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"MODEL\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}\n\r\n--b--\r\n";

    public static readonly IReadOnlyList<Endpoint> All =
    [
        new("POST", "/v1/chat/completions", Chat),
        new("POST", "/v1/chat/completions", Chat.Replace("\"stream\":false", "\"stream\":true", StringComparison.Ordinal)),
        new("POST", "/v1/messages", Messages),
        new("POST", "/v1/messages", Messages.Replace("\"stream\":false", "\"stream\":true", StringComparison.Ordinal)),
        new("POST", "/v1/messages/count_tokens", Messages),
        new("POST", "/v1/responses", Responses),
        new("POST", "/v1/responses", Responses.Replace("\"stream\":false", "\"stream\":true", StringComparison.Ordinal)),
        new("POST", "/v1beta/models/MODEL:generateContent", Gemini),
        new("POST", "/v1beta/models/MODEL:streamGenerateContent?alt=sse", Gemini),
        new("POST", "/v1/embeddings", """{"model":"MODEL","input":["a",[1,2,3]],"encoding_format":"base64","dimensions":8}"""),
        new("POST", "/v1/images/generations", """{"model":"MODEL","prompt":"p","n":1,"size":"1024x1024","quality":"high"}"""),
        new("POST", "/v1/audio/speech", """{"model":"MODEL","input":"hi","voice":"v","response_format":"mp3","speed":1}"""),
        new("POST", "/v1/audio/transcriptions", Form, "multipart/form-data; boundary=b"),
        new("POST", "/v1/rerank", """{"model":"MODEL","query":"q","documents":["a",{"text":"b"}],"top_n":1,"return_documents":true}"""),
        new("POST", "/v1/files", Batch, "multipart/form-data; boundary=b"),
        new(
            "POST",
            "/v1/batches",
            """{"input_file_id":"file-0000000000000","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"a":"b"}}"""
        ),
        new("GET", "/v1/models"),
        new("GET", "/v1/models/MODEL"),
        new("GET", "/v1/responses/resp_1"),
        new("GET", "/v1/batches/batch_1"),
        new("GET", "/v1/files/file-1/content"),
        new(
            "POST",
            "/carrier/events/crl_1",
            """{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"paymentId":"p","status":"succeeded","amount":"9.9"}}""",
            "application/cloudevents+json"
        ),
        new("POST", "/sign-in", "phoneNumber=%2B8613800000000&return=%2Fhome", "application/x-www-form-urlencoded"),
        new("POST", "/sign-in/code?challenge=x", "code=123456", "application/x-www-form-urlencoded"),
    ];
}
