using System.Text;
using IdcFunctions.Functions.Hosting;
using IdcFunctions.Functions.Runs;

namespace IdcFunctions.Functions.Tests;

public sealed class QueueEnvelopeTests
{
    [Theory]
    [InlineData("queue-json-object.http", """{"a":1,"b":"x","arr":[1,2],"nested":{"k":true},"nul":null,"f":1.5}""")]
    [InlineData("queue-plain-text.http", "plain text é")]
    [InlineData("queue-json-array.http", """[1,2,{"x":"y"}]""")]
    [InlineData("queue-json-number.http", "42")]
    [InlineData("queue-dequeuecount-3.http", """{"job":"retry-me","n":7}""")]
    [InlineData("queue-poison.http", """{"job":"retry-me","n":7}""")]
    [InlineData("queue-binary-json-body.http", """{"bin":1}""")]
    [InlineData("admin-invoke-queue.http", """{"via":"admin"}""")]
    public async Task The_recorded_message_is_read_as_its_sender_wrote_it(string file, string expected)
    {
        var recorded = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recorded", file), TestContext.Current.CancellationToken);
        var body = recorded[(recorded.IndexOf("\n\n", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : recorded.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
            .Replace("\"msg\"", "\"message\"", StringComparison.Ordinal);

        var message = await QueueEnvelope.ReadMessageAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), TestContext.Current.CancellationToken);

        Assert.Equal(expected, message);
    }

    [Fact]
    public async Task A_body_that_is_no_envelope_is_an_error() =>
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            QueueEnvelope.ReadMessageAsync(new MemoryStream("[]"u8.ToArray()), TestContext.Current.CancellationToken));

    [Fact]
    public void An_event_of_event_grid_names_its_blob() =>
        Assert.Equal(
            new QueueMessage.SlideEvent("case 7/a.svs"),
            QueueMessages.Read("""{"id":"1","subject":"/blobServices/default/containers/slides/blobs/case 7/a.svs","eventType":"Microsoft.Storage.BlobCreated"}"""));

    [Theory]
    [InlineData("""{"v":1,"slide":"a.svs","run":"0123456789abcdef","batch":3}""")]
    public void Our_own_message_is_read(string text)
    {
        var message = Assert.IsType<QueueMessage.OfRun>(QueueMessages.Read(text));

        Assert.Equal(("a.svs", "0123456789abcdef", 3), (message.Slide.Value, message.Run.Value, message.Batch));
    }

    [Fact]
    public void A_message_of_a_newer_schema_is_told_apart() =>
        Assert.Equal(new QueueMessage.Newer(2), QueueMessages.Read("""{"v":2,"anything":true}"""));

    [Theory]
    [InlineData("garbage")]
    [InlineData("42")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"v":1,"slide":"a/b","run":"0123456789abcdef"}""")]
    [InlineData("""{"v":1,"slide":"a","run":"short"}""")]
    [InlineData("""{"v":1,"slide":"a","run":"0123456789abcdef","batch":-1}""")]
    [InlineData("""{"v":"x"}""")]
    [InlineData("""{"subject":7}""")]
    [InlineData("""{"subject":"/blobServices/default/containers/other/blobs/a"}""")]
    public void Garbage_is_unreadable_and_not_an_exception(string text) =>
        Assert.IsType<QueueMessage.Unreadable>(QueueMessages.Read(text));
}
