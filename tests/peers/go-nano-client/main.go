// The connector of Go nano's benchmarks, for the tests of stock clients. Its messages are in protobuf.
//
//	client <address> <event>..
//
// It sends a message for each line of its standard input,
//
//	request|notify <route> <text in JSON>
//
// and prints a line for each reply, and for each push of its events:
//
//	reply <text>
//	push <event> <text>
//
// The connector does not tell when the server closes the connection.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/golang/protobuf/proto"
	"github.com/lonng/nano/benchmark/io"
)

// limit is the time that the process may take.
const limit = 60 * time.Second

// Text is the message of all routes.
type Text struct {
	Text string `protobuf:"bytes,1,opt,name=text,proto3"`
}

func (t *Text) Reset()         { *t = Text{} }
func (t *Text) String() string { return t.Text }
func (*Text) ProtoMessage()    {}

func main() {
	time.AfterFunc(limit, func() { fail("it took more than %s", limit) })
	connector := io.NewConnector()
	for _, event := range os.Args[2:] {
		event := event
		connector.On(event, func(body interface{}) { fmt.Println("push", event, decoded(body)) })
	}
	connected := make(chan struct{})
	connector.OnConnected(func() { close(connected) })
	if err := connector.Start(os.Args[1]); err != nil {
		fail("%s: %v", os.Args[1], err)
	}
	<-connected
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := send(connector, strings.SplitN(lines.Text(), " ", 3)); err != nil {
			fail("%s: %v", lines.Text(), err)
		}
	}
}

func send(connector *io.Connector, line []string) error {
	text := &Text{}
	if err := json.Unmarshal([]byte(line[2]), &text.Text); err != nil {
		return err
	}
	if line[0] == "notify" {
		return connector.Notify(line[1], text)
	}
	return connector.Request(line[1], text, func(body interface{}) { fmt.Println("reply", decoded(body)) })
}

// decoded returns the text of a message, in JSON.
func decoded(body interface{}) string {
	text := &Text{}
	if err := proto.Unmarshal(body.([]byte), text); err != nil {
		fail("%v: %v", body, err)
	}
	quoted, err := json.Marshal(text.Text)
	if err != nil {
		fail("%v", err)
	}
	return string(quoted)
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
